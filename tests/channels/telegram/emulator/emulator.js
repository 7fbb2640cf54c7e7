// telegram-test-api, an emulator of Telegram written by others, as a process of its own, with its gaps filled:
// - getMe says is_bot; answers that carry nothing carry true; dates are in seconds; a sent message comes back without
//   what it was sent with, which was text instead of objects; more methods are known
// - each update has a number of its own by webhook too, and carries the secret that the bot set
// - a tapped message has a date, and a tap its chat_instance
// What people do and what they see goes through the package's own client, over lines of JSON on standard input and output.
'use strict';
const readline = require('readline');
const axios = require('axios');
const TelegramServer = require('telegram-test-api');

const [port, token] = process.argv.slice(2);
const server = new TelegramServer({ port: Number(port), host: '127.0.0.1', storeTimeout: 600 });
const called = {};
const extra = new Set(['setMyCommands', 'setMyDescription', 'sendChatAction']);

const handle = server.webServer.handle.bind(server.webServer);
server.webServer.handle = (request, response, next) => {
  const method = request.url.split('?')[0].split('/')[2];
  if (method) called[method] = (called[method] || 0) + 1;
  if (extra.has(method)) {
    request.resume();
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ ok: true, result: true }));
    return;
  }
  const end = response.end.bind(response);
  response.end = (data, ...rest) => {
    if (!method || data === undefined) return end(data, ...rest);
    const answer = JSON.parse(data.toString());
    if (answer.result === null) answer.result = true;
    if (method === 'getMe' && answer.result) answer.result.is_bot = true;
    const text = JSON.stringify(answer);
    response.setHeader('content-length', Buffer.byteLength(text));
    return end(text);
  };
  handle(request, response, next);
};

const addBotMessage = server.addBotMessage.bind(server);
server.addBotMessage = (message, bot) => {
  const added = addBotMessage(message, bot);
  const { message_id, date, chat, text } = added;
  return { message_id, date: Math.floor(date / 1000), chat, text };
};

const formatUpdate = TelegramServer.formatUpdate;
TelegramServer.formatUpdate = (update) => {
  const formatted = formatUpdate(update);
  if (formatted.callback_query) formatted.callback_query.chat_instance = '1';
  return formatted;
};

// Counts on at once, not only when the webhook has answered.
const getCommonFields = server.getCommonFields.bind(server);
server.getCommonFields = (bot) => {
  const fields = getCommonFields(bot);
  server.updateId += 1;
  return fields;
};

axios.interceptors.request.use((request) => {
  const webhook = server.webhooks[token];
  if (webhook && request.url === webhook.url) request.headers['X-Telegram-Bot-Api-Secret-Token'] = webhook.secret_token;
  return request;
});

const client = server.getClient(token, { userId: 77, chatId: 77, timeout: 20000 });
const actions = {
  say: ({ text }) => client.sendMessage(client.makeMessage(text)),
  command: ({ text }) => client.sendCommand(client.makeCommand(text)),
  tap: ({ data, message }) => client.sendCallback(client.makeCallbackQuery(data, {
    message: { message_id: message, date: Math.floor(Date.now() / 1000) },
  })),
  read: () => client.getUpdates(),
  history: () => client.getUpdatesHistory(),
  called: () => called,
  webhook: () => server.webhooks[token] || null,
};

server.start().then(() => {
  console.log(JSON.stringify({ ready: true }));
  readline.createInterface({ input: process.stdin }).on('line', async (line) => {
    const asked = JSON.parse(line);
    try {
      console.log(JSON.stringify({ result: await actions[asked.do](asked) }));
    } catch (error) {
      console.log(JSON.stringify({ error: String(error) }));
    }
  }).on('close', () => process.exit(0));
});
