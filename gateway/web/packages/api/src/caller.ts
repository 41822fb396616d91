import { Code, type Transport } from '@connectrpc/connect';
import { kindOf, type Call, type CallOptions, type Kind } from './calls';
import { toWuWeiError, type WuWeiError } from './errors';
import type { Intent, IntentKeeper } from './intent';
import { pictureIn, type UploadedPicture } from './pictures';
import { newId, type PictureFile } from './platform';
import type { SessionKeeper } from './session';
import { Patience, pauseMs } from './waiting';
import type { WuWeiOptions } from './wuwei';

const deviceKey = 'wuwei.device';
const timeoutMsDefault = 10_000;
/** What mini programs give an upload. */
const uploadTimeoutMs = 60_000;
const triesMax = 4;

/** Makes calls: with what each carries, tried again where that is safe, and with a session where there is one. */
export class Caller {
  private readonly transport: Transport;

  constructor(
    private readonly options: WuWeiOptions,
    private readonly session: SessionKeeper,
    private readonly intents: IntentKeeper,
  ) {
    this.transport = options.platform.transport(options.baseUrl);
  }

  readonly call: Call = (method, request, options = {}) => this.make(method, options, async (headers, { patience }) =>
    (await this.transport.unary(method, patience.signal, patience.leftMs, headers, request)).message);

  readonly upload = (file: PictureFile, options: UploadOptions = {}): Promise<UploadedPicture> =>
    this.make({ name: 'UploadPicture' }, { timeoutMs: uploadTimeoutMs, ...options }, async (headers, { id, patience }) =>
      pictureIn(await this.options.platform.upload({
        url: `${this.options.baseUrl.replace(/\/$/, '')}/upload`, headers, file, signal: patience.signal,
        progress: options.progress ?? (() => undefined),
      }), id));

  private async make<A extends object>(method: { readonly name: string }, options: CallOptions, send: Send<A>): Promise<A> {
    const id = newId(this.options.platform);
    const intent = kindOf(method).keyed ? (options.intent ?? { name: '', key: newId(this.options.platform) }) : undefined;
    const patience = new Patience(options.timeoutMs ?? this.options.timeoutMs ?? timeoutMsDefault, options.signal);
    try {
      if (intent?.name) {
        this.intents.sent(intent);
      }

      const answer = await this.tryOften(kindOf(method), { id, intent, patience, unasked: options.unasked ?? false }, send);
      this.note(method, intent, answer);
      return answer;
    } catch (e) {
      const error = toWuWeiError(e, id);
      this.noteRefused(method, intent, error);
      throw error;
    } finally {
      patience.end();
    }
  }

  private async tryOften<A>(kind: Kind, call: OneCall, send: Send<A>): Promise<A> {
    const { patience } = call;
    let mayAgain = kind.signsInAgain;
    for (let tries = 1; ; tries++) {
      const presented = kind.session ? await patience.until(this.session.presented()) : undefined;
      try {
        return await patience.until(send(this.headers(call, presented?.token), call));
      } catch (e) {
        const error = toWuWeiError(e, call.id);
        if (error.retry === 'sign in' && presented && call.unasked) {
          this.session.drop(presented.token);
        } else if (error.retry === 'sign in' && presented && mayAgain) {
          mayAgain = false;
          if (await patience.until(this.session.another(presented))) {
            continue;
          }
        }

        const ms = pauseMs(tries);
        if (!(kind.reads || kind.keyed) || !isPassing(error) || tries >= triesMax || ms >= patience.leftMs) {
          throw error;
        }

        await patience.pause(ms);
      }
    }
  }

  private headers(call: OneCall, token: string | undefined): Record<string, string> {
    return {
      'x-wuwei-channel': `${this.options.channel}/${this.options.clientVersion}`,
      'x-wuwei-device': this.device(),
      'x-request-id': call.id,
      ...(token && { authorization: `Bearer ${token}` }),
      ...(call.intent && { 'idempotency-key': call.intent.key }),
    };
  }

  /** What this installation is called: made once, and no person's name. */
  private device(): string {
    const { storage } = this.options.platform;
    const kept = storage.get(deviceKey);
    if (kept) {
      return kept;
    }

    const made = newId(this.options.platform);
    storage.set(deviceKey, made);
    return made;
  }

  private note(method: { readonly name: string }, intent: Intent | undefined, answer: object): void {
    const kind = kindOf(method);
    const begun = kind.session ? undefined : tokenIn(answer);
    if (begun) {
      this.session.begin(begun);
    } else if (kind.ends) {
      this.signedOut();
    } else if (kind.signsInAgain) {
      this.session.renewDaily(); // the network is there now
    }

    this.answered(intent);
  }

  private noteRefused(method: { readonly name: string }, intent: Intent | undefined, error: WuWeiError): void {
    if (kindOf(method).ends && error.retry === 'sign in') {
      this.signedOut();
    } else if (error.decided) {
      this.answered(intent);
    }
  }

  private answered(intent: Intent | undefined): void {
    if (intent?.name) {
      this.intents.answered(intent);
    }
  }

  private signedOut(): void {
    this.session.stayOut();
    this.intents.forget();
  }
}

/** How one picture is uploaded; 60,000 unless said otherwise. */
export interface UploadOptions extends CallOptions {
  /** Is told how many of a hundred parts are on their way. */
  readonly progress?: (percent: number) => void;
}

/** Sends a call once. */
type Send<A> = (headers: Record<string, string>, call: OneCall) => Promise<A>;

interface OneCall {
  readonly id: string;
  readonly intent: Intent | undefined;
  readonly patience: Patience;
  readonly unasked: boolean;
}

/** Nothing is wrong with the call: the network, the server or its database were away for a moment. */
function isPassing(error: WuWeiError): boolean {
  return error.code === Code.Unavailable || error.reason === 'DATABASE_BUSY';
}

/** Whatever begins a session says so in one of three forms. */
function tokenIn(answer: {
  token?: string; session?: { token?: string }; outcome?: { case?: string; value?: { token?: string } };
}): string | undefined {
  return ((answer.outcome?.case === 'session' && answer.outcome.value) || answer.session || answer).token;
}
