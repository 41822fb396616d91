import type { Storage } from './platform';

/** What the services hand out when somebody signs in. */
export interface Session {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** When the token was made or last tried to be renewed. */
  readonly renewedAt: number;
}

const sessionKey = 'wuwei.session';
/** In place of a session. */
const out = 'out';
const renewEveryMs = 24 * 60 * 60 * 1000;
const renewAgainAfterMs = 10 * 1000;

/**
 * The session as storage has it. It is read each time: another tab may have renewed it, and a token that was replaced a minute
 * ago ends the session.
 */
export class SessionKeeper {
  /** Sign-ins and renewals under way; whoever needs the same waits for it. */
  private signingIn: Promise<void> | undefined;
  private renewing: Promise<void> | undefined;

  /**
   * @param signIn signs in, or tells the page to
   * @param renew asks for a new token in place of the one in use
   */
  constructor(
    private readonly storage: Storage,
    private readonly signIn: () => Promise<void>,
    private readonly renew: () => Promise<{ token: string; expiresAt: number }>,
  ) {}

  get current(): Session | undefined {
    const kept = parse(this.storage.get(sessionKey));
    return kept && kept.expiresAt > Date.now() ? kept : undefined;
  }

  begin(session: { token: string; expiresAt: number }): void {
    this.storage.set(sessionKey, JSON.stringify({ ...session, renewedAt: Date.now() }));
  }

  /** Somebody signed out: no sign-in happens by itself until they sign in again. */
  stayOut(): void {
    this.storage.set(sessionKey, out);
  }

  /** The token to send now, after a sign-in that is under way. Its failure is the business of who wanted it. */
  async token(): Promise<string | undefined> {
    await this.signingIn?.catch(() => undefined);
    return this.current?.token;
  }

  /**
   * A call with this token was refused: signs in, once for all that were.
   * @returns whether there is another token now
   */
  async another(refused: string | undefined): Promise<boolean> {
    if (this.signingIn || (this.current?.token === refused && this.storage.get(sessionKey) !== out)) {
      if (refused) {
        this.forget(refused);
      }

      await this.signInOnce();
    }

    const now = this.current?.token;
    return now !== undefined && now !== refused;
  }

  private forget(token: string): void {
    if (this.current?.token === token) {
      this.storage.remove(sessionKey);
    }
  }

  signInOnce(): Promise<void> {
    return this.signingIn ??= this.signIn().finally(() => { this.signingIn = undefined; });
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
    const again = Date.now() - renewEveryMs + renewAgainAfterMs;
    this.storage.set(sessionKey, JSON.stringify({ ...session, renewedAt: again }));
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
    if (value && typeof value === 'object' && 'token' in value && 'expiresAt' in value && 'renewedAt' in value) {
      const { token, expiresAt, renewedAt } = value;
      if (typeof token === 'string' && typeof expiresAt === 'number' && typeof renewedAt === 'number') {
        return { token, expiresAt, renewedAt };
      }
    }
  } catch {
    // Not ours, or cut off: as if there were none.
  }

  return undefined;
}
