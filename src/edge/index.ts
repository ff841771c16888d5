import { cdnEdge } from './edge.js'

export default cdnEdge
export { cdnEdge, type CdnEdgeOptions } from './edge.js'
