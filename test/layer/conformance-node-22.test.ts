/** Handler shapes on Node.js 22, which has version 3 of the runtime client. */
import { compareShapes } from './conformance-suite.ts';
import { shapes } from './shapes/shapes.ts';

compareShapes('nodejs22.x', shapes);
