package main

// consentCommand gathers what is done with consent. Each command is in the file of its name.
type consentCommand struct{}
