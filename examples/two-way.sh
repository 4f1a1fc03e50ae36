#!/bin/sh
# Two-way texting with the plain AWS CLI, against the local double: an opt-out list, a configuration set with its event
# destination, a number, keywords, a pool; a text, STOP, a refused text, START, a text again.
#
#   heed simulate &
#   examples/two-way.sh
#
# DOUBLE is where heed simulate serves, if not at its usual address. At AWS the same calls rent a number for money, and the
# texts come from a real phone.
set -eu

double=${DOUBLE:-http://127.0.0.1:4579}
export AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2="$double"
export AWS_ACCESS_KEY_ID=dev AWS_SECRET_ACCESS_KEY=dev AWS_DEFAULT_REGION=us-east-1 AWS_PAGER=

person=+14255550123
topics=arn:aws:sns:us-east-1:111122223333
name=acme-$$ # the double keeps what an earlier run made

say() { printf '\n%s\n' "$*"; }
sms() { aws pinpoint-sms-voice-v2 --output text "$@"; }

# What a person does on the phone is no API of AWS: the double has an address for it.
texts() {
	say "$person texts $1"
	curl -sS --fail-with-body -d "{\"to\": \"$number\", \"body\": \"$1\"}" "$double/people/$person/messages" >/dev/null
}

send() {
	sms send-text-message --destination-phone-number "$person" --origination-identity "$pool" \
		--configuration-set-name "$name" --message-body "$1" --query MessageId
}

say "An opt-out list, a configuration set and where its events go"
sms create-opt-out-list --opt-out-list-name "$name" --query OptOutListArn
sms create-configuration-set --configuration-set-name "$name" --query ConfigurationSetArn
sms create-event-destination --configuration-set-name "$name" --event-destination-name sns \
	--matching-event-types TEXT_ALL --sns-destination "TopicArn=$topics:events" --query EventDestination.EventDestinationName

say "A number that takes texts, on that list"
id=$(sms request-phone-number --iso-country-code US --message-type TRANSACTIONAL --number-type TOLL_FREE \
	--number-capabilities SMS --opt-out-list-name "$name" --query PhoneNumberId)
number=$(sms describe-phone-numbers --phone-number-ids "$id" --query 'PhoneNumbers[0].PhoneNumber')
sms update-phone-number --phone-number-id "$id" --two-way-enabled --two-way-channel-arn "$topics:two-way" --query PhoneNumber

say "A keyword that is answered, and one that opts in"
sms put-keyword --origination-identity "$id" --keyword HOURS --keyword-message "We are open from 9 to 5." --query KeywordAction
sms put-keyword --origination-identity "$id" --keyword START --keyword-action OPT_IN \
	--keyword-message "Acme: you get our texts again. Reply STOP to end." --query KeywordAction

say "A pool of that number"
pool=$(sms create-pool --origination-identity "$id" --iso-country-code US --message-type TRANSACTIONAL --query PoolId)
echo "$pool"

say "A text goes out"
send "Your table is ready."

texts HOURS
texts STOP

say "A text is refused"
if refused=$(send "Your table is still ready." 2>&1); then
	echo "it was not: $refused" >&2
	exit 1
fi
echo "$refused" | grep "opted out"
sms describe-opted-out-numbers --opt-out-list-name "$name" --query 'OptedOutNumbers[].[OptedOutNumber,EndUserOptedOut]'

texts START

say "A text goes out again"
send "Your table waits for you."

say "The phone shows"
curl -sS --fail-with-body "$double/people/$person/messages" | tr ',' '\n' | sed -n 's/^"Body":"\(.*\)"$/  \1/p'
