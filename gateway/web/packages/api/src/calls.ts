import type { DescMessage, DescMethodUnary, DescService, MessageInitShape, MessageShape } from '@bufbuild/protobuf';
import type { Intent } from './intent';

/** How one call is made. */
export interface CallOptions {
  /** What a writing call is for. Without one, each call is an intent of its own: right only where twice does no harm. */
  readonly intent?: Intent;
  /** How long to wait in all, tries and sign-in included; 10,000 unless {@link WuWeiOptions} say otherwise. */
  readonly timeoutMs?: number;
  /** Gives the call up. */
  readonly signal?: AbortSignal;
  /** Nobody waits for it, such as when a page looks for news by itself: refused for want of a session, it asks for no sign-in. */
  readonly unasked?: boolean;
}

/** A service's calls, with what they take and give. Streams are not among them: mini programs cannot follow any. */
export type Client<S extends DescService> = {
  [M in keyof S['method'] as S['method'][M]['methodKind'] extends 'unary' ? M : never]:
    S['method'][M] extends DescMethodUnary<infer I, infer O>
      ? (request: MessageInitShape<I>, options?: CallOptions) => Promise<MessageShape<O>>
      : never;
};

/** Makes one call. */
export type Call = <I extends DescMessage, O extends DescMessage>(
  method: DescMethodUnary<I, O>, request: MessageInitShape<I>, options?: CallOptions) => Promise<MessageShape<O>>;

/** The calls of a service, made by `call`. */
export function clientOf<S extends DescService>(service: S, call: Call): Client<S> {
  const unary = service.methods.filter((method) => method.methodKind === 'unary');
  return Object.fromEntries(unary.map((method) => [
    method.localName,
    (request: MessageInitShape<DescMessage>, options?: CallOptions) => call(method as DescMethodUnary, request, options),
  ])) as Client<S>;
}

const readingVerbs = /^(Get|List|Count|Explain|ReportWishes|Recommend|Suggest)/;

/** Change something, but carry no key: sent twice, they would do it twice or fail. */
const withoutKey = new Set([
  'AskCode', 'SignIn', 'SignInStaff', 'SignInWeChat', 'SignInWeChatPhone', 'RenewSession', 'SignOut',
]);

/** They begin a session, and so need none. */
const withoutSession = new Set(['AskCode', 'SignIn', 'SignInStaff', 'SignInWeChat', 'SignInWeChatPhone']);

/** End the session; a session that is over already need not be begun again for it. */
const ending = new Set(['SignOut', 'EndMySessions']);

/** What may be done with a call. */
export interface Kind {
  readonly reads: boolean;
  /** Whether it carries an idempotency key. */
  readonly keyed: boolean;
  readonly session: boolean;
  readonly signsInAgain: boolean;
  readonly ends: boolean;
}

/** By its name: the services go by the same words. */
export function kindOf({ name }: { readonly name: string }): Kind {
  const [reads, session, ends] = [readingVerbs.test(name), !withoutSession.has(name), ending.has(name)];
  return {
    reads, keyed: !reads && !withoutKey.has(name), session, ends, signsInAgain: session && !ends && name !== 'RenewSession',
  };
}
