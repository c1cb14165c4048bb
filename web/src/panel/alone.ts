/** Does a work in one tab at a time; resolves to false where another tab is at it. */
export type Alone = (work: () => Promise<void>) => Promise<boolean>;

export const alone: Alone = async (work) => {
  const locks = (navigator as { locks?: LockManager }).locks;
  if (!locks) return work().then(() => true); // no https: one tab is all that can be hoped for
  return locks.request("ahual-van", { ifAvailable: true }, async (lock) => {
    if (lock) await work();
    return lock !== null;
  });
};
