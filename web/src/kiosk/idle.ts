/** Notices that a visitor has left: warns after some quiet, and says when the time to answer is over. */

const SIGNS = ["pointerdown", "pointermove", "keydown", "wheel", "touchmove", "scroll"];

export class Idle {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private ticking: ReturnType<typeof setInterval> | undefined;

  /**
   * @param quiet milliseconds without a sign of life before the warning; asked anew each time
   * @param seconds how long the warning stands
   * @param tick called with the seconds left, from all of them to none
   */
  constructor(
    private readonly quiet: () => number,
    private readonly seconds: () => number,
    private readonly tick: (left: number) => void,
  ) {}

  start(): void {
    for (const sign of SIGNS) addEventListener(sign, this.again, { capture: true, passive: true });
    this.again();
  }

  stop(): void {
    for (const sign of SIGNS) removeEventListener(sign, this.again, { capture: true });
    clearTimeout(this.timer);
    clearInterval(this.ticking);
    this.ticking = undefined;
  }

  /** Begin to count anew. A warning that stands is only ended by `extend`: a sleeve that brushes the screen is no answer. */
  private readonly again = (): void => {
    if (this.ticking !== undefined) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(this.warn, this.quiet());
  };

  /** The visitor is still there. */
  extend(): void {
    clearInterval(this.ticking);
    this.ticking = undefined;
    this.again();
  }

  private readonly warn = (): void => {
    let left = this.seconds();
    this.tick(left);
    this.ticking = setInterval(() => {
      left -= 1;
      this.tick(left);
    }, 1000);
  };
}
