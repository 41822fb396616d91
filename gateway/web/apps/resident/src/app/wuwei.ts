import {
  browserPlatform, bySignInPage, byWeChat, categories, createWuWei, identity, inbox, organization, pictures, registry, watches,
  wishes, wxPlatform, WuWeiError, type PhoneNeeded, type WuWei,
} from '@wuwei/api';
import { ref } from 'vue';
import { openSignIn } from './ways';

/** A first sign-in with WeChat waits for the phone. */
export const phoneNeeded = ref<PhoneNeeded>();

/** What the pages of the main package use; a subpackage brings its own. */
const services = { categories, identity, inbox, organization, pictures, registry, watches, wishes };

/** Where the public door is; paths are appended to it. */
export const baseUrl = door();

export const wuwei = create();

function door(): string {
  // #ifdef MP-WEIXIN
  return WUWEI_PUBLIC_URL.replace(/\/$/, '');
  // #endif
  // #ifndef MP-WEIXIN
  return location.origin;
  // #endif
}

function create(): WuWei<typeof services> {
  const clientVersion = WUWEI_VERSION;
  // #ifdef MP-WEIXIN
  return createWuWei({
    baseUrl, channel: 'weapp', clientVersion, platform: wxPlatform(wx), services,
    signIn: byWeChat(wx, appId(), (needed) => {
      phoneNeeded.value = needed;
      openSignIn();
    }),
  });
  // #endif
  // #ifndef MP-WEIXIN
  void [byWeChat, wxPlatform];
  return createWuWei({
    baseUrl, channel: 'h5', clientVersion, platform: browserPlatform(), services,
    signIn: bySignInPage(openSignIn),
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

/** For what a page can do without when it could not be had. */
export function orNothing(thrown: unknown): undefined {
  asError(thrown);
  return undefined;
}
