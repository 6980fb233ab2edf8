#!/usr/bin/env node
import { register } from 'tsx/esm/api';

// Inside the workspace the command line runs from source; the image runs the bundle instead.
register();
await import('../src/main.ts');
