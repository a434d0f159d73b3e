/** The CDK app: publishes the layers and deploys a sample agent that is reported. */
import { App } from 'aws-cdk-lib';
import { readAppSettings } from './app-settings.ts';
import { LayerStack } from './layer-stack.ts';
import { SampleStack } from './sample-stack.ts';

const app = new App();
const { layers, sample } = readAppSettings(app.node.getAllContext());

new LayerStack(app, 'XpanderLambdaLayers', layers);
new SampleStack(app, 'XpanderLambdaSample', sample);
