import type { DescService } from '@bufbuild/protobuf';
import { Caller, type UploadOptions } from './caller';
import { clientOf, type Client } from './calls';
import { toWuWeiError } from './errors';
import { IntentKeeper, type Intent } from './intent';
import type { UploadedPicture } from './pictures';
import { newId, type PictureFile, type Platform } from './platform';
import { access, weChat } from './services';
import { SessionKeeper } from './session';

/** Where a program runs, as the services record it. */
export type Channel = 'weapp' | 'h5' | 'app' | 'site' | 'screen' | 'console';

/** Services by the names they get, such as `{ wishes, points }` of this package; what is left out costs a mini program nothing. */
export type Services = { readonly [name: string]: DescService };

/** Every program has them. */
const always = { access, weChat };

/**
 * Signs in when a call was refused for want of it, or tells the page to. Ends without a session where the page must do it: then
 * the calls that waited fail, and their `retry` is `sign in`.
 */
export type SignIn = (wuwei: WuWei) => Promise<void>;

type Nothing = Record<never, DescService>;

type Clients<S extends Services> = { readonly [N in keyof S]: Client<S[N]> };

/** What a program says once. */
export interface WuWeiOptions<S extends Services = Nothing> {
  /** Of the public door, such as `https://wuwei.example.gov.cn`. */
  readonly baseUrl: string;
  readonly channel: Channel;
  /** The program's own version, such as `1.4.0`. */
  readonly clientVersion: string;
  readonly platform: Platform;
  readonly signIn: SignIn;
  /** Those that the program uses, besides `access` and `weChat`. */
  readonly services: S;
  /** How long a call may take in all; 10,000. */
  readonly timeoutMs?: number;
}

/**
 * The services, by name. Whatever call begins a session (`access.signIn`, `weChat.signInWeChatPhone`, …) makes it the one in
 * use, it is kept in storage and renewed daily, and `access.signOut` forgets it.
 */
export type WuWei<S extends Services = Nothing> = Clients<S> & Clients<typeof always> & {
  /** Whether there is a session; the services may have ended it meanwhile. */
  readonly signedIn: boolean;
  /**
   * Something somebody begins to do. With the name of one that was sent and never answered it is the same again, so a retry after
   * a crash does it once. Without a name it ends with the program.
   */
  intent(name?: string): Intent;
  /** Uploads a picture of up to 10 MiB, to be named in the call it belongs to. */
  uploadPicture(file: PictureFile, options?: UploadOptions): Promise<UploadedPicture>;
  /** More services, for a part of a program that is loaded when it is opened, such as a mini program's subpackage. */
  also<M extends Services>(services: M): Clients<M>;
  /** Signs in now rather than with the first call that needs it, also after somebody signed out. */
  signIn(): Promise<boolean>;
};

/** The one object a program needs. */
export function createWuWei<S extends Services>(options: WuWeiOptions<S>): WuWei<S> {
  const { storage } = options.platform;
  const intents = new IntentKeeper(storage, () => newId(options.platform));
  const session = new SessionKeeper(
    storage, () => options.signIn(wuwei), async () => (await wuwei.access.renewSession({})).token);
  const caller = new Caller(options, session, intents);
  const clientsOf = <M extends Services>(services: M) => Object.fromEntries(
    Object.entries(services).map(([name, service]) => [name, clientOf(service, caller.call)])) as Clients<M>;
  const wuwei: WuWei<S> = Object.assign(clientsOf(options.services), clientsOf(always), {
    also: clientsOf,
    uploadPicture: caller.upload,
    intent: (name = '') => intents.begin(name),
    signIn: async () => {
      await session.signInOnce().catch((e: unknown) => { throw toWuWeiError(e, ''); });
      return session.current !== undefined;
    },
  }) as WuWei<S>;
  return Object.defineProperty(wuwei, 'signedIn', { get: () => session.current !== undefined });
}
