package neighbours

import (
	"encoding/xml"
	"net/http"
)

// SetCaller says who calls: the ARN of a user, of a role's session or of the account's root. Without it that is the user
// operator.
func (a *AWS) SetCaller(arn string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.caller = arn
}

// RefuseCredentials makes STS take nobody's credentials for valid.
func (a *AWS) RefuseCredentials() { a.SetCaller("") }

// sts serves GetCallerIdentity.
func (a *AWS) sts(w http.ResponseWriter, r *http.Request) {
	if action := r.PostFormValue("Action"); action != "GetCallerIdentity" {
		refuse(w, http.StatusBadRequest, "InvalidAction", "the stand-in knows no "+action)
		return
	}
	a.mu.Lock()
	caller := a.caller
	a.mu.Unlock()
	if caller == "" {
		refuse(w, http.StatusForbidden, "InvalidClientTokenId", "The security token included in the request is invalid.")
		return
	}
	type identity struct{ Arn, UserId, Account string } //nolint:revive // AWS's names
	answer(w, struct {
		XMLName xml.Name `xml:"GetCallerIdentityResponse"`
		Result  identity `xml:"GetCallerIdentityResult"`
	}{Result: identity{caller, "AIDAEXAMPLE", a.options.AccountID}})
}
