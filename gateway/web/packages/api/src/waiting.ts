import { Code, ConnectError } from '@connectrpc/connect';

const pauseMsFirst = 200;
const pauseMsMax = 2000;

/** How long to wait after so many failures: longer each time, and not everybody at once. */
export function pauseMs(tries: number): number {
  return Math.min(pauseMsMax, pauseMsFirst * 2 ** (tries - 1)) * (0.5 + Math.random() / 2);
}

/** How long one call waits in all, for whatever it needs, and whether it is still wanted. */
export class Patience {
  private readonly controller = new AbortController();
  private readonly endsAt: number;
  private readonly timer: ReturnType<typeof setTimeout>;
  /** Kept here: older browsers' signals have no reason. */
  private why: ConnectError | undefined;

  constructor(timeoutMs: number, private readonly given?: AbortSignal) {
    this.endsAt = Date.now() + timeoutMs;
    const late = () => this.lose('no answer in time', Code.DeadlineExceeded);
    this.timer = setTimeout(late, timeoutMs);
    given?.addEventListener('abort', this.giveUp);
    if (given?.aborted) {
      this.giveUp();
    } else if (timeoutMs <= 0) {
      late(); // a timer lets an answer be faster
    }
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get leftMs(): number {
    return Math.max(1, this.endsAt - Date.now());
  }

  /** What the promise gives, unless patience ends first. */
  until<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const lost = () => reject(this.why);
      if (this.signal.aborted) {
        lost();
      }

      this.signal.addEventListener('abort', lost);
      void promise.then(resolve, reject).finally(() => this.signal.removeEventListener('abort', lost));
    });
  }

  pause(ms: number): Promise<void> {
    return this.until(new Promise((resolve) => { setTimeout(resolve, ms); }));
  }

  end(): void {
    clearTimeout(this.timer);
    this.given?.removeEventListener('abort', this.giveUp);
  }

  private readonly giveUp = () => this.lose('given up', Code.Canceled);

  private lose(message: string, code: Code): void {
    this.why ??= new ConnectError(message, code);
    this.controller.abort(this.why);
  }
}
