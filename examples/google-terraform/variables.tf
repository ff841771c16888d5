variable "project" {
  type        = string
  description = "The project's id."
}

variable "bucket" {
  type        = string
  description = "A name for the bucket, which nobody else in the world has."
}

variable "location" {
  type        = string
  description = "Where the bucket lies."
  default     = "EU"
}

variable "host" {
  type        = string
  description = "The name of Cloud CDN, below the domain that the API shares: media.example.com."
}

variable "page" {
  type        = string
  description = "The origin of the page that plays: https://www.example.com."
}

variable "signing_keys" {
  type        = map(string)
  description = "16 random bytes in base64url, by name: the key that signs, and the next one."
  sensitive   = true

  validation {
    condition     = length(var.signing_keys) > 0 && length(var.signing_keys) <= 3
    error_message = "Give one to three keys."
  }
}

variable "media_cdn_keys" {
  type        = map(string)
  description = "Public keys of Ed25519, 32 bytes in base64url, by name. Empty for no Media CDN."
  default     = {}
}

variable "media_cdn_host" {
  type        = string
  description = "The name of Media CDN, below the same domain: films.example.com."
  default     = ""
}

variable "media_cdn_certificate" {
  type        = string
  description = "The id of a certificate for it in Certificate Manager, with the scope EDGE_CACHE."
  default     = ""
}
