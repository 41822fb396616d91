/** In millionths of a degree, GCJ-02. */
export interface Place {
  latitude: number;
  longitude: number;
}

const timeoutMs = 8000;

/** The services take a point for its cell of a grid, of these millionths of a degree; its middle says no more than they use. */
const cell = { latitude: 5000, longitude: 8000 };
const middle = (degrees: number, step: number) => Math.floor(degrees * 1e6 / step) * step + step / 2;

/** About where the device is; nothing when its owner would rather not say, or it does not know. */
export function findPlace(): Promise<Place | undefined> {
  return new Promise((resolve) => {
    const found = (latitude: number, longitude: number) =>
      resolve({ latitude: middle(latitude, cell.latitude), longitude: middle(longitude, cell.longitude) });
    // #ifdef MP-WEIXIN
    wx.getFuzzyLocation({
      type: 'gcj02', success: ({ latitude, longitude }) => found(latitude, longitude), fail: () => resolve(undefined),
    });
    // #endif
    // #ifndef MP-WEIXIN
    if (!navigator.geolocation) {
      resolve(undefined);
    } else {
      navigator.geolocation.getCurrentPosition(({ coords }) => {
        const [latitude, longitude] = toGcj02(coords.latitude, coords.longitude);
        found(latitude, longitude);
      }, () => resolve(undefined), { timeout: timeoutMs, maximumAge: 60_000 });
    }
    // #endif
  });
}

/** From what satellites say to what maps in China use; within a few metres, as everybody computes it. */
export function toGcj02(latitude: number, longitude: number): [number, number] {
  const [axis, flattening] = [6378245, 0.00669342162296594323];
  const [x, y] = [longitude - 105, latitude - 35];
  const wave = (value: number, ...[a, b]: [number, number][]) =>
    [a, b].reduce((sum, part) => sum + (part ? part[0] * Math.sin(value * part[1] * Math.PI) : 0), 0);
  const common = (20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI)) * 2 / 3;
  const north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x)) + common
    + wave(y, [20, 1], [40, 1 / 3]) * 2 / 3 + wave(y, [160, 1 / 12], [320, 1 / 30]) * 2 / 3;
  const east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x)) + common
    + wave(x, [20, 1], [40, 1 / 3]) * 2 / 3 + wave(x, [150, 1 / 12], [300, 1 / 30]) * 2 / 3;
  const angle = latitude / 180 * Math.PI;
  const magic = 1 - flattening * Math.sin(angle) ** 2;
  return [
    latitude + north * 180 / (axis * (1 - flattening) / (magic * Math.sqrt(magic)) * Math.PI),
    longitude + east * 180 / (axis / Math.sqrt(magic) * Math.cos(angle) * Math.PI),
  ];
}
