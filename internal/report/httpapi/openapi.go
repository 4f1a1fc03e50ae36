package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"

	_ "embed"

	"go.yaml.in/yaml/v3"
)

//go:embed openapi.yaml
var openapiYAML []byte

// asYAML is the file as it is.
func asYAML() (string, []byte, error) { return "application/yaml", openapiYAML, nil }

// asJSON is the same as JSON.
func asJSON() (string, []byte, error) {
	var document any
	if err := yaml.Unmarshal(openapiYAML, &document); err != nil {
		return "", nil, fmt.Errorf("read openapi.yaml: %w", err)
	}
	body, err := json.Marshal(document)
	if err != nil {
		return "", nil, fmt.Errorf("write openapi.json: %w", err)
	}
	return "application/json", body, nil
}

// openapi answers the description of this API.
func (a *api) openapi(as func() (string, []byte, error)) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		if _, err := parameters(r); err != nil {
			return err
		}
		mediaType, body, err := as()
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", mediaType)
		writeBody(w, r, checked, body)
		return nil
	}
}
