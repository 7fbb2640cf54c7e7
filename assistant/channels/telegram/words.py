"""What the channel says in its own words: about Telegram and its buttons, nothing about health."""

# The menu, in its order. A group's menu leaves out what is nobody's business there.
COMMANDS = {
    "start": "Say hello",
    "help": "What I can help with",
    "topics": "All questions I can answer",
    "sources": "Where the answers come from",
    "privacy": "What is kept, and where",
    "feedback": "Tell us what did not help",
    "delete": "Delete what is kept of our talk",
}
# What a command asks the assistant, as a person would write it.
ASKED = {
    "start": "Hello",
    "help": "What can you do?",
    "sources": "What are your sources?",
    "privacy": "Is this private?",
}
DESCRIPTION = (
    "Ask me about vitamin B12 deficiency and B12 injections. I am a computer program, not a doctor or nurse. My answers "
    "are written beforehand from published guidance, and I show the sources. In an emergency, do not write to me: call "
    "999 in the UK, 911 in the US or 112 in Europe."
)

# Characters of a message that are answered; Telegram passes on four times as many.
LONGEST_TEXT = 1000

LINES = {
    "media": "I can only read text. I did not open what you sent. Please write your question in words.",
    "edited": "I can't see changes to a message. Please send your question again as a new message.",
    "too_long": (
        f"Your message is too long for me: I answer up to {LONGEST_TEXT:,} characters. Please shorten it, or send it in parts. "
        "In an emergency, {emergency_short}."
    ),
    "private": "I only answer in private, so that nobody else reads along. Tap my name and write to me there.",
    "topics": "Here is what I can answer. Tap a question, or write your own.",
    "feedback": "Did an answer not help? Try asking in other words. To tell the people who run me: {clinic}",
    "deleted": (
        "Done. I deleted what I kept of our talk. Telegram still has these messages. To remove them too, delete this "
        "chat in Telegram."
    ),
    "not_deleted": "I'm sorry, I could not delete what I keep of our talk. Please try again in a while.",
}
CAPTION_NOTE = "I read your words, but I can't see the picture or file."
PRIVACY_NOTE = (
    "One thing is different here: you write to me through Telegram, which is another company. It keeps this chat under "
    "its own rules. I don't keep your name or your Telegram number. Send /delete to remove what I keep of our talk."
)
MORE = "More questions"
COPY = "Copy {number}"
CHOSEN = "✓ {title}"
ALREADY_CHOSEN = "You have picked this one."
SOURCES, CHECKED = "Sources", "Last checked: {date}"
REVIEWED, NOT_REVIEWED = "Reviewed by {name}, {role}, {date}", "No clinician has reviewed this answer yet"
