import { timestampDate } from '@bufbuild/protobuf/wkt';
import type { SignIn } from './wuwei';
import type { Wx } from './wx/wx';
import { Code, ConnectError } from '@connectrpc/connect';

/** WeChat knows the account, the services do not know whose it is: SignInWeChatPhone wants this and a phone's proof. */
export interface PhoneNeeded {
  readonly ticket: string;
  readonly expiresAt: Date | undefined;
}

/**
 * Signs in silently with `wx.login`.
 * @param appId WeChat's id of this mini program
 * @param phoneNeeded is told at a first sign-in: shows the page that asks for the phone and calls `weChat.signInWeChatPhone`
 */
export function byWeChat(wx: Pick<Wx, 'login'>, appId: string, phoneNeeded: (needed: PhoneNeeded) => void): SignIn {
  return async (wuwei) => {
    const code = await new Promise<string>((resolve, reject) => wx.login({
      success: (result) => resolve(result.code),
      fail: ({ errMsg }) => reject(new ConnectError(errMsg, Code.Unavailable)),
    }));
    const { outcome } = await wuwei.weChat.signInWeChat({ appId, code });
    if (outcome.case === 'phoneNeeded') {
      const { ticket, expiresAt } = outcome.value;
      phoneNeeded({ ticket, expiresAt: expiresAt && timestampDate(expiresAt) });
    }
  };
}

/**
 * The page asks for a phone and a code, and calls `access.askCode` and `access.signIn`.
 * @param signInNeeded shows that page
 */
export function bySignInPage(signInNeeded: () => void): SignIn {
  return async () => signInNeeded();
}
