import {
  browserPlatform, bySignInPage, byWeChat, createWuWei, wxPlatform, WuWeiError, type PhoneNeeded, type WuWei,
} from '@wuwei/api';
import { ref } from 'vue';
import { openSignIn } from './ways';

/** A first sign-in with WeChat waits for the phone. */
export const phoneNeeded = ref<PhoneNeeded>();

export const wuwei: WuWei = create();

function create(): WuWei {
  const clientVersion = WUWEI_VERSION;
  // #ifdef MP-WEIXIN
  return createWuWei({
    baseUrl: WUWEI_PUBLIC_URL, channel: 'weapp', clientVersion, platform: wxPlatform(wx),
    signIn: byWeChat(wx, appId(), (needed) => {
      phoneNeeded.value = needed;
      openSignIn();
    }),
  });
  // #endif
  // #ifndef MP-WEIXIN
  void [byWeChat, wxPlatform];
  return createWuWei({
    baseUrl: location.origin, channel: 'h5', clientVersion, platform: browserPlatform(), signIn: bySignInPage(openSignIn),
  });
  // #endif
}

/** WeChat's own name of this mini program. */
export function appId(): string {
  return uni.getAccountInfoSync().miniProgram.appId;
}

/** What went wrong, in words fit to show. */
export function asError(thrown: unknown): WuWeiError {
  if (thrown instanceof WuWeiError) {
    return thrown;
  }

  throw thrown;
}
