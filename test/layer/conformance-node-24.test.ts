/** Handler shapes on Node.js 24, which has version 4 of the runtime client. */
import { compareShapes } from './conformance-suite.ts';
import { shapes } from './shapes/shapes.ts';

compareShapes('nodejs24.x', shapes);
