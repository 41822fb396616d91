import type { Storage } from './platform';

/**
 * One thing somebody wants done once, however often the call for it is sent: made when they begin, such as when a form is
 * opened, and given to each try. Its key outlives a crash of the program from the first try until the services answer.
 */
export interface Intent {
  /** What it is about, such as `make wish` or `claim <id of the wish>`. */
  readonly name: string;
  /** The `idempotency-key` of the call. */
  readonly key: string;
}

const intentsKey = 'wuwei.intents';
/** The services remember a key for 7 days. */
const keptMs = 6 * 24 * 60 * 60 * 1000;
const keptMax = 50;

interface Kept {
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly sentAt: number;
}

/** Intents that were sent and not answered yet, in storage. */
export class IntentKeeper {
  constructor(private readonly storage: Storage, private readonly newKey: () => string) {}

  /** The unanswered one of that name if there is one; otherwise a new one. */
  begin(name: string): Intent {
    return { name, key: this.load().get(name)?.key ?? this.newKey() };
  }

  sent({ name, key }: Intent): void {
    const kept = this.load();
    kept.delete(name);
    kept.set(name, { key, sentAt: Date.now() });
    this.save([...kept].slice(-keptMax));
  }

  answered({ name, key }: Intent): void {
    const kept = this.load();
    if (kept.get(name)?.key === key) {
      kept.delete(name);
      this.save([...kept]);
    }
  }

  /** Keys are a person's own: whoever signs in next has none. */
  forget(): void {
    this.storage.remove(intentsKey);
  }

  private load(): Map<string, Kept> {
    const kept = new Map<string, Kept>();
    try {
      const entries: unknown = JSON.parse(this.storage.get(intentsKey) ?? '[]');
      for (const [name, value] of Array.isArray(entries) ? entries : []) {
        if (typeof value?.key === 'string' && Date.now() - value.sentAt < keptMs) {
          kept.set(String(name), value);
        }
      }
    } catch {
      // Not ours, or cut off: as if there were none.
    }

    return kept;
  }

  private save(entries: [string, Kept][]): void {
    this.storage.set(intentsKey, JSON.stringify(entries));
  }
}
