const longTestTimeoutMs = 60_000;

jest.setTimeout(longTestTimeoutMs);
