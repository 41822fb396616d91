import type { Storage } from './platform';

/** Whether it is over the services say: many a phone's clock is wrong. */
interface Session {
  readonly token: string;
  /** When the token was made or last tried to be renewed, in milliseconds since 1970. */
  readonly renewedAt: number;
}

const sessionKey = 'wuwei.session';
/** In place of a session. */
const out = 'out';
const renewEveryMs = 24 * 60 * 60 * 1000;
const renewAgainAfterMs = 10 * 1000;

/** With what a call was sent. */
export interface Presented {
  readonly token: string | undefined;
  /** How many sign-ins there had been. */
  readonly signIns: number;
}

/**
 * The session as storage has it. It is read each time: another tab may have renewed it, and a token that was replaced a minute
 * ago ends the session.
 */
export class SessionKeeper {
  /** Sign-ins and renewals under way; whoever needs the same waits for it. */
  private signingIn: Promise<void> | undefined;
  private renewing: Promise<void> | undefined;
  /** How many there were, well ended or not. */
  private signIns = 0;

  /**
   * @param signIn signs in, or tells the page to
   * @param renew asks for a new token in place of the one in use
   */
  constructor(
    private readonly storage: Storage,
    private readonly signIn: () => Promise<void>,
    private readonly renew: () => Promise<string>,
  ) {}

  get current(): Session | undefined {
    return parse(this.storage.get(sessionKey));
  }

  begin(token: string, renewedAt = Date.now()): void {
    this.storage.set(sessionKey, JSON.stringify({ token, renewedAt }));
  }

  /** Somebody signed out: no sign-in happens by itself until they sign in again. */
  stayOut(): void {
    this.storage.set(sessionKey, out);
  }

  /** What to send now, after a sign-in that is under way. Its failure is the business of who wanted it. */
  async presented(): Promise<Presented> {
    await this.signingIn?.catch(() => undefined);
    return { token: this.current?.token, signIns: this.signIns };
  }

  /**
   * What a call presented was refused: signs in, once for all that were refused before it ended.
   * @returns whether it is worth another try: with another token, or without one what everybody may read
   */
  async another({ token, signIns }: Presented): Promise<boolean> {
    const isOut = this.storage.get(sessionKey) === out;
    if (this.signingIn || (!isOut && this.current?.token === token && this.signIns === signIns)) {
      this.drop(token);
      await this.signInOnce();
    }

    return this.current?.token !== token;
  }

  /** A token was refused; another one may have come in its place meanwhile. */
  drop(token: string | undefined): void {
    if (token && this.current?.token === token) {
      this.storage.remove(sessionKey);
    }
  }

  signInOnce(): Promise<void> {
    return this.signingIn ??= this.signIn().finally(() => {
      this.signIns++;
      this.signingIn = undefined;
    });
  }

  /**
   * Renews a token that is a day old; called after a call that went well, when the network is there. Who calls does not wait:
   * the old token is good for another minute, in which a renewal whose answer was lost is tried again.
   */
  renewDaily(): void {
    const session = this.current;
    if (!session || this.renewing || Date.now() - session.renewedAt < renewEveryMs) {
      return;
    }

    // Other tabs shall not try at the same time.
    this.begin(session.token, Date.now() - renewEveryMs + renewAgainAfterMs);
    this.renewing = this.renew().then(
      (renewed) => {
        // Meanwhile somebody may have signed out, or in.
        if (this.current?.token === session.token) {
          this.begin(renewed);
        }
      },
      () => undefined, // tried again with one of the next calls
    ).finally(() => { this.renewing = undefined; });
  }
}

function parse(text: string | undefined): Session | undefined {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    if (value && typeof value === 'object' && 'token' in value && 'renewedAt' in value) {
      const { token, renewedAt } = value;
      if (typeof token === 'string' && typeof renewedAt === 'number') {
        return { token, renewedAt };
      }
    }
  } catch {
    // Not ours, or cut off: as if there were none.
  }

  return undefined;
}
