package neighbours

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
)

// Deny takes a right from a user or role, by its ARN, on every resource. What was not taken it has.
func (a *AWS) Deny(principal, action string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.denied[principal+" "+action] = true
}

// AddRole gives the account a role, by its ARN. Those that nobody added exist too, without a path.
func (a *AWS) AddRole(arn string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.roles[arn[strings.LastIndex(arn, "/")+1:]] = arn
}

// iam serves SimulatePrincipalPolicy and GetRole. The caller needs the right to each.
func (a *AWS) iam(w http.ResponseWriter, r *http.Request) {
	action := r.PostFormValue("Action")
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.denied[a.caller+" iam:"+action] {
		refuse(w, http.StatusForbidden, "AccessDenied", fmt.Sprintf("User: %s is not authorized to perform: iam:%s", a.caller, action))
		return
	}
	switch action {
	case "SimulatePrincipalPolicy":
		a.simulate(w, r)
	case "GetRole":
		name := r.PostFormValue("RoleName")
		arn := a.roles[name]
		if arn == "" {
			arn = fmt.Sprintf("arn:aws:iam::%s:role/%s", a.options.AccountID, name)
		}
		type role struct{ Arn, RoleName, Path, RoleId, CreateDate string } //nolint:revive // AWS's names
		answer(w, struct {
			XMLName xml.Name `xml:"GetRoleResponse"`
			Role    role     `xml:"GetRoleResult>Role"`
		}{Role: role{arn, name, "/", "AROAEXAMPLE", "2026-11-01T00:00:00Z"}})
	default:
		refuse(w, http.StatusBadRequest, "InvalidAction", "the stand-in knows no "+action)
	}
}

// simulate says of every action on every resource whether the principal may. The caller holds the lock.
func (a *AWS) simulate(w http.ResponseWriter, r *http.Request) {
	type result struct {
		EvalActionName, EvalResourceName, EvalDecision string
	}
	var results []result
	principal := r.PostFormValue("PolicySourceArn")
	if !strings.HasPrefix(principal, "arn:aws:iam::") || strings.HasSuffix(principal, ":root") {
		refuse(w, http.StatusBadRequest, "InvalidInput", "Invalid Entity Arn: "+principal)
		return
	}
	for _, resource := range members(r, "ResourceArns") {
		for _, action := range members(r, "ActionNames") {
			decision := "allowed"
			if a.denied[principal+" "+action] {
				decision = "implicitDeny"
			}
			results = append(results, result{action, resource, decision})
		}
	}
	answer(w, struct {
		XMLName     xml.Name `xml:"SimulatePrincipalPolicyResponse"`
		Results     []result `xml:"SimulatePrincipalPolicyResult>EvaluationResults>member"`
		IsTruncated bool     `xml:"SimulatePrincipalPolicyResult>IsTruncated"`
	}{Results: results})
}

// members are the entries of a list of the query protocol.
func members(r *http.Request, list string) []string {
	var all []string
	for i := 1; r.PostFormValue(fmt.Sprintf("%s.member.%d", list, i)) != ""; i++ {
		all = append(all, r.PostFormValue(fmt.Sprintf("%s.member.%d", list, i)))
	}
	return all
}
