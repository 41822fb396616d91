import type { PictureFile } from '@wuwei/api';
import { ContentState } from '@wuwei/api/types/content_state';
import type { Picture } from '@wuwei/api/types/pictures';
import { baseUrl } from './wuwei';

/** Of one wish, and of one delivery. */
export const picturesMax = 9;
export const pictureBytesMax = 10 * 1024 * 1024;

/** What is said to whoever would go on without some. */
export const picturesPending = '还有照片没有传好。请等一等，或者把它移除。';

/** What is said to whoever is not let at their pictures. */
export const picturesDenied = deniedWords();

function deniedWords(): string {
  // #ifdef MP-WEIXIN
  return '微信没有打开相册或相机。请点「去设置」允许使用；还打不开，就在手机的设置里允许微信使用照片和相机。';
  // #endif
  // #ifndef MP-WEIXIN
  return '没有打开相册或相机。请在手机的设置里允许浏览器使用照片和相机，再试一次。';
  // #endif
}

/** A picture as a page shows it; its links are good for some minutes. */
export interface ShownPicture {
  id: string;
  thumbnail: string;
  large: string;
  /** Why others do not see it, to whoever does. */
  note: string;
}

const notes: Partial<Record<ContentState, string>> = {
  [ContentState.WAITING]: '检查中', [ContentState.REFUSED]: '没通过',
};

export const toShown = ({ id, thumbnailUrl, largeUrl, state }: Picture): ShownPicture =>
  ({ id, thumbnail: linkTo(thumbnailUrl), large: linkTo(largeUrl), note: notes[state] ?? '' });

/** What the services give is a path at the public door. */
export const linkTo = (path: string): string => path && `${baseUrl}${path}`;

/** A file that was chosen, and how long it is. */
export interface ChosenFile {
  file: PictureFile;
  bytes: number;
}

/** Asks for up to so many pictures; none when nobody chose any, and nothing when the device would not open album or camera. */
export function choosePictures(count: number): Promise<ChosenFile[] | undefined> {
  return new Promise((resolve) => {
    const fail = ({ errMsg }: { errMsg?: string }) => resolve(/cancel/.test(errMsg ?? '') ? [] : undefined);
    // #ifdef MP-WEIXIN
    uni.chooseMedia({
      count, mediaType: ['image'], sizeType: ['compressed'],
      success: ({ tempFiles }) => resolve(tempFiles.map((f) => ({ file: f.tempFilePath, bytes: f.size }))),
      fail,
    });
    // #endif
    // #ifndef MP-WEIXIN
    uni.chooseImage({
      count,
      success: ({ tempFiles }) => resolve((tempFiles as File[]).slice(0, count).map((file) => ({ file, bytes: file.size }))),
      fail,
    });
    // #endif
  });
}
