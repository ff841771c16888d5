variable "region" {
  type        = string
  description = "Where the bucket lies."
  default     = "eu-central-1"
}

variable "host" {
  type        = string
  description = "The distribution's own name, below the domain that the API shares: media.example.com."
}

variable "page" {
  type        = string
  description = "The origin of the page that plays: https://www.example.com."
}

variable "certificate_arn" {
  type        = string
  description = "A certificate for the host, in us-east-1."
}

variable "public_keys" {
  type        = map(string)
  description = "Files of all keys that are accepted, by name: the one that signs, and the next one."

  validation {
    condition     = length(var.public_keys) > 0
    error_message = "Give at least one key."
  }
}
