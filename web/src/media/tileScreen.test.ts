import { describe, expect, it } from "vitest";
import { screenOn } from "./tileScreen";

const picture = () => {
  const frame = {
    displayWidth: 640,
    displayHeight: 360,
    closed: 0,
    close: () => (frame.closed += 1),
  };
  return frame;
};
const asFrame = (frame: ReturnType<typeof picture>) => frame as unknown as VideoFrame;

describe("a screen that feeds a <video>", () => {
  it("hands each picture on, which the <video> closes, and knows its size", async () => {
    const taken: unknown[] = [];
    const screen = screenOn(new WritableStream({ write: (frame) => void taken.push(frame) }));
    expect([screen.width, screen.height]).toEqual([0, 0]);
    const frame = picture();
    screen.show(asFrame(frame));
    await Promise.resolve();
    expect([taken, frame.closed, screen.width, screen.height]).toEqual([[frame], 0, 640, 360]);
  });

  it("closes what comes after the page took the <video> away", async () => {
    const screen = screenOn(new WritableStream());
    screen.close();
    const late = picture();
    screen.show(asFrame(late));
    await new Promise((resolve) => setTimeout(resolve));
    expect(late.closed).toBe(1);
  });
});
