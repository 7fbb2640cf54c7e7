/** The keyboard on the screen. It only tells which key was pressed; what is typed is kept by the chat alone. */
import { SimpleKeyboard } from "simple-keyboard/build/index.modern.js";
import type { KioskStrings } from "../chat/strings";

export type Key = { text: string } | { action: "delete" | "ask" | "hide" };

const LAYOUT = {
  default: ["q w e r t y u i o p {bksp}", "a s d f g h j k l '", "{shift} z x c v b n m , . ?", "{numbers} {space} {hide} {enter}"],
  shift: ["Q W E R T Y U I O P {bksp}", "A S D F G H J K L '", "{shift} Z X C V B N M , . ?", "{numbers} {space} {hide} {enter}"],
  numbers: ["1 2 3 4 5 6 7 8 9 0 {bksp}", "- / : ; ( ) & % + =", "! \" # @ * µ , . ?", "{letters} {space} {hide} {enter}"],
};

/** Draw the keyboard into `place` and tell each key to `press`. */
export function drawKeyboard(place: HTMLElement, s: KioskStrings, press: (key: Key) => void): void {
  const show = (layoutName: string) => keyboard.setOptions({ layoutName });
  const keyboard = new SimpleKeyboard(place as HTMLDivElement, {
    layout: LAYOUT,
    layoutName: "default",
    useButtonTag: true,
    disableButtonHold: true,
    // The cursor stays in the box, where it is seen.
    preventMouseDownDefault: true,
    // A key counts when the finger leaves it: acting sooner lets the same touch hit what moves under it, and Enter and Space press no key.
    useMouseEvents: true,
    display: {
      "{bksp}": "⌫",
      "{enter}": s.ask,
      "{shift}": "⇧",
      "{space}": s.space,
      "{numbers}": "123",
      "{letters}": "abc",
      "{hide}": s.hideKeyboard,
    },
    buttonAttributes: [
      { attribute: "aria-label", value: s.deleteLetter, buttons: "{bksp}" },
      { attribute: "aria-label", value: s.capitals, buttons: "{shift}" },
      { attribute: "aria-label", value: `123: ${s.numbers}`, buttons: "{numbers}" },
      { attribute: "aria-label", value: `abc: ${s.letters}`, buttons: "{letters}" },
    ],
    // It keeps no words: nothing may be left here for the next visitor.
    onChange: () => keyboard.clearInput(),
    onKeyPress: (button: string) => {
      const shifted = keyboard.options.layoutName === "shift";
      if (button === "{shift}") show(shifted ? "default" : "shift");
      else if (button === "{numbers}") show("numbers");
      else if (button === "{letters}") show("default");
      else if (button === "{bksp}") press({ action: "delete" });
      else if (button === "{enter}") press({ action: "ask" });
      else if (button === "{hide}") press({ action: "hide" });
      else {
        press({ text: button === "{space}" ? " " : button });
        if (shifted) show("default");
      }
    },
  });
}
