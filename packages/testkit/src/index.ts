export * from './eventually.ts'
export * from './shared-services.ts'
export * from './test-client.ts'
export * from './test-cluster.ts'
