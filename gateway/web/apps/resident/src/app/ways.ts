/** The pages, and how to get from one to another. */
export const pages = {
  home: '/pages/home/home',
  near: '/pages/near/near',
  make: '/pages/make/make',
  mine: '/pages/mine/mine',
  inbox: '/pages/inbox/inbox',
  preferences: '/pages/preferences/preferences',
  points: '/pages/points/points',
  talks: '/pages/thread/talks',
  content: '/pages/content/content',
  me: '/pages/me/me',
  unit: '/pages/unit/unit',
  signIn: '/pages/sign-in/sign-in',
} as const;

const withId = (page: string) => (id: string) => `${page}?id=${encodeURIComponent(id)}`;
export const wishPage = withId('/pages/wish/wish');
export const noticePage = withId('/pages/notice/notice');
/** What maker and claimer write to each other; the id is the claim's. */
export const threadPage = withId('/pages/thread/thread');

let cameFrom: string = pages.home;

export function open(url: string): void {
  uni.navigateTo({ url });
}

/** Begins anew from a page: nothing to go back to. */
export function start(url: string): void {
  uni.reLaunch({ url });
}

export function back(): void {
  if (getCurrentPages().length > 1) {
    uni.navigateBack();
  } else {
    start(pages.home);
  }
}

/** Asks for a sign-in, once, and remembers what for. */
export function openSignIn(): void {
  const here = whereNow();
  if (here.startsWith(pages.signIn)) {
    return;
  }

  cameFrom = here;
  open(pages.signIn);
}

/** Signed in: where they wanted to be. */
export function afterSignIn(): void {
  start(cameFrom);
  cameFrom = pages.home;
}

function whereNow(): string {
  const page = getCurrentPages().at(-1) as { route?: string; options?: Record<string, string> } | undefined;
  const query = Object.entries(page?.options ?? {}).map(([k, v]) => `${k}=${encodeURIComponent(v)}`).join('&');
  return page?.route ? `/${page.route}${query && `?${query}`}` : pages.home;
}
