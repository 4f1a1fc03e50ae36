package neighbours

import (
	"encoding/xml"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// PutObject puts an object into a bucket, which it makes where there is none.
func (a *AWS) PutObject(bucket, key string, body []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.buckets[bucket] == nil {
		a.buckets[bucket] = map[string][]byte{}
	}
	a.buckets[bucket][key] = body
}

// s3 serves ListObjectsV2 and GetObject, with the bucket in the path.
func (a *AWS) s3(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	name, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	bucket, ok := a.buckets[name]
	body, found := bucket[key]
	switch {
	case !ok:
		refuseXML(w, http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist")
	case r.Method != http.MethodGet:
		refuseXML(w, http.StatusNotImplemented, "NotImplemented", "the stand-in knows no "+r.Method)
	case key == "" && r.URL.Query().Get("list-type") == "2":
		listObjects(w, r, name, bucket)
	case !found:
		refuseXML(w, http.StatusNotFound, "NoSuchKey", "The specified key does not exist.")
	default:
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body) // a client that went away has no use for it
	}
}

// listObjects lists keys in the order of their bytes. A token is the last key of the page before.
func listObjects(w http.ResponseWriter, r *http.Request, name string, bucket map[string][]byte) {
	type object struct {
		Key  string
		Size int
	}
	var list struct {
		XMLName               xml.Name `xml:"ListBucketResult"`
		Name, Prefix          string
		KeyCount, MaxKeys     int
		IsTruncated           bool
		NextContinuationToken string   `xml:",omitempty"`
		Contents              []object `xml:",omitempty"`
	}
	q := r.URL.Query()
	list.Name, list.Prefix, list.MaxKeys = name, q.Get("prefix"), 1000
	if most, err := strconv.Atoi(q.Get("max-keys")); err == nil {
		list.MaxKeys = min(most, list.MaxKeys)
	}
	after := max(q.Get("start-after"), q.Get("continuation-token"))
	for _, key := range slices.Sorted(maps.Keys(bucket)) {
		if !strings.HasPrefix(key, list.Prefix) || key <= after {
			continue
		}
		if list.KeyCount == list.MaxKeys {
			list.IsTruncated, list.NextContinuationToken = true, list.Contents[len(list.Contents)-1].Key
			break
		}
		list.KeyCount++
		list.Contents = append(list.Contents, object{key, len(bucket[key])})
	}
	w.Header().Set("Content-Type", "application/xml")
	_ = xml.NewEncoder(w).Encode(list) // as above
}

// refuseXML writes an error of S3.
func refuseXML(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_ = xml.NewEncoder(w).Encode(struct {
		XMLName       xml.Name `xml:"Error"`
		Code, Message string
	}{Code: code, Message: message}) // as above
}
