export { createMarketo, type Marketo, type MarketoOptions } from './createMarketo.ts';
