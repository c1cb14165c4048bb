const BUCKET_MS = 10_000;

/**
 * How far the node's clock is ahead of this machine's, in seconds. A record can only arrive
 * late, so the largest difference of the last 10–20 s is the truest one.
 */
export class ServerClock {
  private current = -Infinity;
  private previous = -Infinity;
  private bucketEndsMs = 0;

  observe(serverTime: number, localMs: number): void {
    if (localMs >= this.bucketEndsMs) {
      this.previous = this.current;
      this.current = -Infinity;
      this.bucketEndsMs = localMs + BUCKET_MS;
    }
    this.current = Math.max(this.current, serverTime - localMs / 1000);
  }

  /** Zero until something was observed. */
  get offsetS(): number {
    const best = Math.max(this.current, this.previous);
    return Number.isFinite(best) ? best : 0;
  }
}
