const { API_URL = 'http://localhost:3001' } = process.env

/** @type {import('next').NextConfig} */
export default {
  // The browser asks this front end's own host, which hands cookies through in both directions.
  rewrites: async () => [
    { source: '/api/:path*', destination: `${API_URL}/:path*` }
  ]
}
