import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { Tracer } from '@aws-lambda-powertools/tracer';

const logger = new Logger({ serviceName: 'agent' });
const metrics = new Metrics({ namespace: 'agents', serviceName: 'agent' });
const tracer = new Tracer({ serviceName: 'agent' });

export const handler = async ({ question, fails }, context) => {
  // As if Lambda had chosen this event to be traced.
  process.env._X_AMZN_TRACE_ID = process.env._X_AMZN_TRACE_ID.replace('Sampled=0', 'Sampled=1');
  logger.addContext(context);
  metrics.setFunctionName(context.functionName);
  metrics.captureColdStartMetric();
  const segment = tracer.getSegment();
  const subsegment = segment.addNewSubsegment(`## ${process.env._HANDLER}`);
  tracer.setSegment(subsegment);
  tracer.annotateColdStart();
  tracer.addServiceNameAnnotation();
  try {
    logger.info('asked', { question });
    if (fails) throw new RangeError('no tokens left');
    metrics.addMetric('answers', MetricUnit.Count, 1);
    return { answer: `to ${question}` };
  } catch (error) {
    logger.error('failed', error);
    tracer.addErrorAsMetadata(error);
    throw error;
  } finally {
    metrics.publishStoredMetrics();
    subsegment.close();
    tracer.setSegment(segment);
  }
};
