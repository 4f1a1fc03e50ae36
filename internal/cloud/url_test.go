package cloud

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Without an endpoint of one's own S3 is asked where its documentation says: by the bucket's name before the
// region's host, or behind it where the name has dots and no certificate would fit. No server can stand in for
// that, so the address itself is looked at.
func TestAddressOfS3(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ why, region, bucket, key, want string }{
		{"a bucket", "eu-west-1", "archive", "a/b c", "https://archive.s3.eu-west-1.amazonaws.com/a/b%20c"},
		{"a bucket with dots", "eu-west-1", "archive.example.com", "a#b", "https://s3.eu-west-1.amazonaws.com/archive.example.com/a%23b"},
		{"China has its own", "cn-north-1", "archive", "a+b", "https://archive.s3.cn-north-1.amazonaws.com.cn/a%2Bb"},
	} {
		o := &Objects{cfg: aws.Config{Region: row.region}}
		if got := o.url(row.bucket, row.key); got != row.want {
			t.Errorf("%s: %s, want %s", row.why, got, row.want)
		}
	}
}
