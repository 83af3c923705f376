import type { Attributes, SpanContext } from '@opentelemetry/api'
import type { NodeTracerConfig } from '@opentelemetry/sdk-trace-node'
import { z } from 'zod'

/** Read by gateways and APIs. What else OpenTelemetry's exporter is told comes by its own `OTEL_` variables. */
export const tracingEnv = {
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/u })
    .optional()
    .describe('OpenTelemetry collector, OTLP over HTTP: with it some messages are traced.'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .describe('Share of the messages that are traced.'),
  OTEL_SERVICE_NAME: z
    .string()
    .optional()
    .describe('Name in traces, if it is not that of the app.'),
} as const

export interface TracingSettings {
  readonly ratio: number
  readonly serviceName?: string | undefined
}

/** `undefined`: nothing is traced. */
export function toTracingSettings(
  env: z.output<z.ZodObject<typeof tracingEnv>>,
): TracingSettings | undefined {
  if (env.OTEL_EXPORTER_OTLP_ENDPOINT === undefined) return undefined
  return { ratio: env.OTEL_TRACES_SAMPLER_ARG, serviceName: env.OTEL_SERVICE_NAME }
}

export interface TraceSpan {
  /** Of W3C Trace Context: what comes of it names this as its parent, wherever it is done. */
  readonly traceparent: string
  readonly set: (attributes: Attributes) => void
  readonly end: (error?: unknown) => void
}

export interface SpanOptions {
  readonly kind: 'INTERNAL' | 'SERVER' | 'CLIENT' | 'PRODUCER' | 'CONSUMER'
  readonly attributes?: Attributes
}

export interface Tracing {
  /** A child of the first of `from`, linked to the others. Without any of them there is nothing to trace. */
  readonly start: (
    name: string,
    from: readonly string[],
    options: SpanOptions,
  ) => TraceSpan | undefined
  /**
   * Where a trace may begin. Strangers name their trace and do not decide whether it is kept: that is drawn from
   * its id. `undefined` if it is not.
   */
  readonly begin: (
    name: string,
    from: string | undefined,
    options: SpanOptions,
  ) => TraceSpan | undefined
  /** Sends what is still here. */
  readonly stop: () => Promise<void>
}

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/u
const SAMPLED = 1

function parse(traceparent: string): SpanContext | undefined {
  const [, traceId = '', spanId = '', flags = ''] = TRACEPARENT.exec(traceparent) ?? []
  if (!/[1-9a-f]/u.test(traceId) || !/[1-9a-f]/u.test(spanId)) return undefined
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & SAMPLED, isRemote: true }
}

const format = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  `00-${traceId}-${spanId}-0${traceFlags & SAMPLED}`

/** The SDK's own type of this is a package more. */
function resourceOf(attributes: Attributes): NonNullable<NodeTracerConfig['resource']> {
  const resource = {
    attributes,
    getRawAttributes: () => Object.entries(attributes),
    merge: () => resource,
  }
  return resource
}

/** The SDK is loaded only where something is traced. */
export async function startTracing(
  settings: TracingSettings | undefined,
  service: { readonly name: string; readonly instance: string },
): Promise<Tracing | undefined> {
  if (settings === undefined) return undefined
  const [api, sdk, { OTLPTraceExporter }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
  ])
  const { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } = api
  const byId = new sdk.TraceIdRatioBasedSampler(settings.ratio)
  const provider = new sdk.NodeTracerProvider({
    resource: resourceOf({
      'service.name': settings.serviceName ?? service.name,
      'service.instance.id': service.instance,
    }),
    sampler: new sdk.ParentBasedSampler({ root: byId }),
    spanProcessors: [new sdk.BatchSpanProcessor(new OTLPTraceExporter())],
  })
  const tracer = provider.getTracer('parley')

  function open(
    name: string,
    [parent, ...others]: readonly SpanContext[],
    { kind, attributes = {} }: SpanOptions,
  ): TraceSpan | undefined {
    const context = parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent)
    const links = others.map((other) => ({ context: other }))
    const span = tracer.startSpan(name, { kind: SpanKind[kind], attributes, links }, context)
    if (!span.isRecording()) return undefined
    return {
      traceparent: format(span.spanContext()),
      set: (more) => void span.setAttributes(more),
      end(error) {
        if (error !== undefined) {
          const message = error instanceof Error ? error.message : 'thrown'
          span.setStatus({ code: SpanStatusCode.ERROR, message })
        }
        span.end()
      },
    }
  }

  return {
    start(name, from, options) {
      const contexts = from.flatMap((one) => parse(one) ?? [])
      return contexts.length === 0 ? undefined : open(name, contexts, options)
    },
    begin(name, from, options) {
      const theirs = from === undefined ? undefined : parse(from)
      if (theirs === undefined) return open(name, [], options)
      const { decision } = byId.shouldSample(ROOT_CONTEXT, theirs.traceId)
      if (decision !== sdk.SamplingDecision.RECORD_AND_SAMPLED) return undefined
      return open(name, [{ ...theirs, traceFlags: SAMPLED }], options)
    },
    // A collector that is away must not keep a process from ending in order.
    stop: () => provider.shutdown().catch(() => undefined),
  }
}
