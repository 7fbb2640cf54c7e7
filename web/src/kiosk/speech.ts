/** Reads an answer aloud: the audio that was rendered for it, else a voice of this very device, else not at all. */

export class Speaker extends EventTarget {
  speaking: string | null = null;
  private audio: HTMLAudioElement | null = null;

  constructor() {
    super();
    // The voices come late in some browsers.
    globalThis.speechSynthesis?.addEventListener?.("voiceschanged", () => this.dispatchEvent(new Event("change")));
  }

  /** Tell whether this can be read. A voice that sends the words to a server is none. */
  can(audio: string | null | undefined): boolean {
    return Boolean(audio) || this.voice() !== undefined;
  }

  /** Read, and stop whatever was being read. `id` tells afterwards what is being read. */
  speak(id: string, text: string, audio: string | null | undefined): void {
    this.stop();
    this.speaking = id;
    if (audio) {
      this.audio = new Audio(audio);
      this.audio.onended = this.audio.onerror = () => this.stop();
      void this.audio.play().catch(() => this.stop());
    } else {
      const words = new SpeechSynthesisUtterance(text);
      words.voice = this.voice() ?? null;
      words.onend = words.onerror = () => this.speaking === id && this.stop();
      speechSynthesis.speak(words);
    }
    this.dispatchEvent(new Event("change"));
  }

  stop(): void {
    this.audio?.pause();
    this.audio = null;
    globalThis.speechSynthesis?.cancel();
    this.speaking = null;
    this.dispatchEvent(new Event("change"));
  }

  private voice(): SpeechSynthesisVoice | undefined {
    const language = document.documentElement.lang || "en";
    return globalThis.speechSynthesis?.getVoices().find((voice) => voice.localService && voice.lang.startsWith(language));
  }
}
