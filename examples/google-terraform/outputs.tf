output "url" {
  value = "https://${var.host}"
}

output "key_names" {
  value = [for key in google_compute_backend_bucket_signed_url_key.media : key.name]
}

output "point_host_to" {
  value = google_compute_global_address.media.address
}

output "media_cdn_key_name" {
  value = google_network_services_edge_cache_keyset.media[*].name
}

output "media_cdn_point_host_to" {
  value = google_network_services_edge_cache_service.media[*].ipv4_addresses
}
