terraform {
  required_version = ">= 1.5"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 6.0"
    }
  }
}

provider "google" {
  project = var.project
}

data "google_project" "this" {}

resource "google_storage_bucket" "files" {
  name                        = var.bucket
  location                    = var.location
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
}

resource "google_compute_backend_bucket" "files" {
  name        = "media"
  bucket_name = google_storage_bucket.files.name
  enable_cdn  = true

  cdn_policy {
    cache_mode = "CACHE_ALL_STATIC"
    # To viewers, who are to ask again: what they have cached survives a logout. Replies to signed
    # requests say what each file's metadata says.
    client_ttl  = 0
    default_ttl = 3600
    # How long the edge keeps a reply to a signed request. It lengthens nobody's access.
    signed_url_cache_max_age_sec = 3600
  }

  # Without them a player can't read replies. CORS of the bucket has no credentials: leave it empty,
  # so that no header comes twice.
  custom_response_headers = [
    "Access-Control-Allow-Origin: ${var.page}",
    "Access-Control-Allow-Credentials: true",
    "Vary: Origin"
  ]
}

# All that are accepted, at most three: the one that signs, and the next one.
resource "google_compute_backend_bucket_signed_url_key" "media" {
  for_each       = nonsensitive(toset(keys(var.signing_keys)))
  name           = each.key
  key_value      = var.signing_keys[each.key]
  backend_bucket = google_compute_backend_bucket.files.name
}

# Cloud CDN lets requests without a signature pass: the bucket refuses them, and answers the CDN.
# The account is made with the first key of the project.
resource "google_storage_bucket_iam_member" "cdn" {
  bucket     = google_storage_bucket.files.name
  role       = "roles/storage.objectViewer"
  member     = "serviceAccount:service-${data.google_project.this.number}@cloud-cdn-fill.iam.gserviceaccount.com"
  depends_on = [google_compute_backend_bucket_signed_url_key.media]
}

resource "google_compute_url_map" "media" {
  name            = "media"
  default_service = google_compute_backend_bucket.files.id
}

resource "google_compute_managed_ssl_certificate" "media" {
  name = "media"

  managed {
    domains = [var.host]
  }
}

resource "google_compute_ssl_policy" "media" {
  name            = "media"
  profile         = "MODERN"
  min_tls_version = "TLS_1_2"
}

resource "google_compute_target_https_proxy" "media" {
  name             = "media"
  url_map          = google_compute_url_map.media.id
  ssl_certificates = [google_compute_managed_ssl_certificate.media.id]
  ssl_policy       = google_compute_ssl_policy.media.id
}

resource "google_compute_global_address" "media" {
  name = "media"
}

resource "google_compute_global_forwarding_rule" "media" {
  name                  = "media"
  target                = google_compute_target_https_proxy.media.id
  ip_address            = google_compute_global_address.media.id
  port_range            = "443"
  load_balancing_scheme = "EXTERNAL_MANAGED"
}
