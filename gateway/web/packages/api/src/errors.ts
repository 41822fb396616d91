import { Code, ConnectError } from '@connectrpc/connect';
import { BadRequestSchema, ErrorInfoSchema } from './gen/google/rpc/error_details_pb';

/**
 * What helps after a refusal:
 * - `same call`: make it again with the same intent, nobody knows whether it was done;
 * - `later`: not now, perhaps in a minute or once something changed;
 * - `read again`: somebody was faster, look at it anew;
 * - `sign in`: sign in, then make the same call;
 * - `never`: something else must be sent, or by somebody else.
 */
export type Retry = 'same call' | 'later' | 'read again' | 'sign in' | 'never';

/** What is wrong with one field of a request. */
export interface FieldFault {
  /** Its path as in the proto, such as `contact.phone`. */
  readonly field: string;
  /** Chinese, fit to show beside it. */
  readonly description: string;
}

const domain = 'wuwei';

/** What the program says itself, because no refusal of the services came back. */
const own: Partial<Record<Code, { reason: string; message: string }>> = {
  [Code.Unavailable]: { reason: 'NETWORK_LOST', message: '网络连接不上，请检查网络后再试。' },
  [Code.DeadlineExceeded]: { reason: 'DEADLINE_PASSED', message: '等待时间太长，请再试一次。' },
  [Code.Canceled]: { reason: 'CALL_CANCELLED', message: '已取消。' },
  [Code.ResourceExhausted]: { reason: 'TOO_MUCH', message: '内容太大或操作太频繁，请稍后再试。' },
  [Code.Unauthenticated]: { reason: 'SIGN_IN_REQUIRED', message: '请先登录。' },
  [Code.PermissionDenied]: { reason: 'NOT_PERMITTED', message: '您没有权限进行这个操作。' },
  [Code.Unimplemented]: { reason: 'CALL_UNKNOWN', message: '没有这个功能，请更新后再试。' },
};
const ownOfAnythingElse = { reason: 'INTERNAL', message: '系统出错了，请稍后再试。' };

/** Every way a call can fail. */
export class WuWeiError extends Error {
  override readonly name = 'WuWeiError';

  /**
   * @param reason stable and upper-case, as the proto of the call names it, or one of our own: NETWORK_LOST,
   *   DEADLINE_PASSED, CALL_CANCELLED, TOO_MUCH, CALL_UNKNOWN, INTERNAL
   * @param code the gRPC code
   * @param message Chinese, fit to show to a resident
   * @param fields which fields are at fault, if any
   * @param requestId what a resident reads out on the phone
   */
  constructor(
    readonly reason: string,
    readonly code: Code,
    message: string,
    readonly fields: readonly FieldFault[],
    readonly requestId: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** What helps. */
  get retry(): Retry {
    switch (this.code) {
      case Code.Unavailable:
      case Code.DeadlineExceeded:
      case Code.Canceled:
        return 'same call';
      case Code.ResourceExhausted:
        return this.reason === 'DATABASE_BUSY' ? 'same call' : this.reason === 'MESSAGE_TOO_LARGE' ? 'never' : 'later';
      case Code.Unauthenticated:
        return this.reason === 'SIGN_IN_REQUIRED' ? 'sign in' : 'never';
      case Code.Aborted:
        return 'read again';
      case Code.FailedPrecondition:
      case Code.Unknown:
      case Code.Internal:
      case Code.DataLoss:
        return 'later';
      default:
        return 'never';
    }
  }

  /** Whether it is no longer as somebody saw it, who should look at it anew before doing anything. */
  get outdated(): boolean {
    return this.code === Code.Aborted || this.code === Code.FailedPrecondition;
  }

  /** Whether the services decided, so that nothing was done and an intent is answered. */
  get decided(): boolean {
    return this.retry === 'never' || this.outdated;
  }
}

/** @param requestId what the call was sent with, should the answer name none */
export function toWuWeiError(thrown: unknown, requestId: string): WuWeiError {
  if (thrown instanceof WuWeiError) {
    return thrown;
  }

  const error = ConnectError.from(thrown);
  const info = error.findDetails(ErrorInfoSchema).find((i) => i.domain === domain);
  const fields = error.findDetails(BadRequestSchema).flatMap((b) => b.fieldViolations)
    .map(({ field, description }) => ({ field, description }));
  const said = info ? { reason: info.reason, message: error.rawMessage } : (own[error.code] ?? ownOfAnythingElse);
  return new WuWeiError(
    said.reason, error.code, said.message, fields, error.metadata.get('x-request-id') ?? requestId, { cause: error });
}
