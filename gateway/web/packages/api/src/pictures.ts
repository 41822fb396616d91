import { Code } from '@connectrpc/connect';
import { WuWeiError } from './errors';

/** A picture of the caller's that was uploaded; to be named in the call it belongs to. */
export interface UploadedPicture {
  readonly id: string;
  /** Path and query at the public door, good for some minutes. */
  readonly thumbnailUrl: string;
  readonly largeUrl: string;
}

/** The HTTP statuses that an upload is refused with. */
const codes: Record<number, Code> = {
  400: Code.InvalidArgument, 401: Code.Unauthenticated, 403: Code.PermissionDenied, 409: Code.FailedPrecondition,
  413: Code.ResourceExhausted, 429: Code.ResourceExhausted, 503: Code.Unavailable, 504: Code.DeadlineExceeded,
};

/** Reads the door's answer to an upload. */
export function pictureIn(body: string, requestId: string): UploadedPicture {
  let answer: { errcode?: number; errmsg?: string; reason?: string; data?: { picture?: UploadedPicture }; request_id?: string };
  try {
    answer = JSON.parse(body);
  } catch {
    answer = {}; // a page of the network
  }

  const { errcode, errmsg = '系统出错了，请稍后再试。', reason = 'INTERNAL', data, request_id: id = requestId } = answer;
  if (errcode === 0 && data?.picture) {
    return data.picture;
  }

  throw new WuWeiError(reason, codes[Math.floor((errcode ?? 0) / 100)] ?? Code.Internal, errmsg, [], id);
}
