package simulator

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

// arn is the ARN of one of the account's resources (Service Authorization Reference, list_pinpoint-sms-voice-v2).
func (s *Simulator) arn(kind types.ResourceType, id string) string {
	return fmt.Sprintf("arn:aws:sms-voice:%s:%s:%s/%s", s.options.Region, s.options.AccountID, kind, id)
}

// idOf brings a reference, which may be an id, a name or an ARN, to the id or name. An ARN of another account, Region
// or kind is not found: the double shares nothing between accounts.
func (s *Simulator) idOf(kind types.ResourceType, ref string) (string, error) {
	if !strings.HasPrefix(ref, "arn:") {
		return ref, nil
	}
	if id, ok := strings.CutPrefix(ref, s.arn(kind, "")); ok && id != "" {
		return id, nil
	}
	return "", notFound(kind, ref)
}

// lookup finds a resource by its id, name or ARN, or says ResourceNotFoundException.
func lookup[T any](s *Simulator, in map[string]T, kind types.ResourceType, ref string) (T, error) {
	var none T
	id, err := s.idOf(kind, ref)
	if err != nil {
		return none, err
	}
	if found, ok := in[id]; ok {
		return found, nil
	}
	return none, notFound(kind, ref)
}
