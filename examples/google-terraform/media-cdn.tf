# Media CDN instead, for films: it refuses what is not signed by itself. Your account needs it
# enabled by Google. Left out where `media_cdn_keys` is empty.

locals {
  media_cdn = length(var.media_cdn_keys) > 0 ? 1 : 0
}

resource "google_network_services_edge_cache_keyset" "media" {
  count = local.media_cdn
  name  = "media"

  # All that are accepted: the one that signs, and the next one.
  dynamic "public_key" {
    for_each = var.media_cdn_keys

    content {
      id    = public_key.key
      value = public_key.value
    }
  }
}

resource "google_network_services_edge_cache_origin" "files" {
  count          = local.media_cdn
  name           = "media-files"
  origin_address = google_storage_bucket.files.url
}

resource "google_storage_bucket_iam_member" "media_cdn" {
  count  = local.media_cdn
  bucket = google_storage_bucket.files.name
  role   = "roles/storage.objectViewer"
  member = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-mediaedgefill.iam.gserviceaccount.com"
}

resource "google_network_services_edge_cache_service" "media" {
  count                 = local.media_cdn
  name                  = "media"
  edge_ssl_certificates = [var.media_cdn_certificate]
  require_tls           = true

  routing {
    host_rule {
      hosts        = [var.media_cdn_host]
      path_matcher = "media"
    }

    path_matcher {
      name = "media"

      route_rule {
        priority = 1
        origin   = google_network_services_edge_cache_origin.files[0].name

        match_rule {
          prefix_match = "/v/"
        }

        header_action {
          response_header_to_add {
            header_name  = "Cache-Control"
            header_value = "private, no-cache"
            replace      = true
          }
        }

        route_action {
          cdn_policy {
            cache_mode            = "CACHE_ALL_STATIC"
            signed_request_mode   = "REQUIRE_SIGNATURES"
            signed_request_keyset = google_network_services_edge_cache_keyset.media[0].id
          }

          cors_policy {
            allow_credentials = true
            allow_origins     = [var.page]
            allow_methods     = ["GET", "HEAD"]
            allow_headers     = ["Range"]
            max_age           = "3600s"
          }
        }
      }
    }
  }
}
