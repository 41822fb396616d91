import { defineConfig } from 'vitest/config';

// Against a server that runs already: WUWEI_PUBLIC says where, WUWEI_CODES who tells which code was sent to a phone.
export default defineConfig({ test: { include: ['tests/running/*.test.ts'], testTimeout: 60_000 } });
