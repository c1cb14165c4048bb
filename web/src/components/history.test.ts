import { expect, it } from "vitest";
import { amended, begun, stepped, undone } from "./history";

it("takes back one step after the other, a drag as one", () => {
  let history = stepped(begun("a"), "ab");
  for (const dragged of ["ac", "ad", "ae"]) history = amended(history, dragged);
  history = stepped(history, "aef");
  expect(history.now).toBe("aef");
  history = undone(history);
  expect(history.now).toBe("ae");
  history = undone(history);
  expect(history.now).toBe("a");
  expect(undone(history)).toEqual(history);
});

it("remembers enough, not everything", () => {
  let history = begun(0);
  for (let step = 1; step <= 500; step += 1) history = stepped(history, step);
  expect(history.before).toHaveLength(200);
});
