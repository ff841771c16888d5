output "url" {
  value = "https://${var.host}"
}

output "key_pair_ids" {
  value = { for name, key in aws_cloudfront_public_key.media : name => key.id }
}

output "point_host_to" {
  value = aws_cloudfront_distribution.media.domain_name
}

output "bucket" {
  value = aws_s3_bucket.files.id
}
