# The words of the pages, in English: the language against which the program is checked.
# Every key is here and in ../zh-CN/hark.ftl, with the same arguments; none is unused (tests/api/pages/words.rs).
# Keys begin with their area: each area below is one block, in the order of the code.

## The frame of every page

brand = Complaints desk
skip-to-main = Skip to the main part
nav-label = Desk
sign-out = Sign out
switch-language = Language
switch-colours = Colours
colours-auto = Colours as on this device
colours-light = Light
colours-dark = Dark
title-with-errors = Error: { $title }
error-label = Error:
errors-title = There is something to mend
back-to-start = To the start page
brackets = ({ $text })
back-to-desk = Back to the desk

## Times

span-m = { $m } min
span-h = { $h } h
span-h-m = { $h } h { $m } min
span-d = { $d ->
    [one] { $d } day
   *[other] { $d } days
}
span-d-h = { $d ->
    [one] { $d } day { $h } h
   *[other] { $d } days { $h } h
}
time-now = now
time-ahead = in { $span }
time-ago = { $span } ago
time-left = { $span } left
time-late = { $span } late
zone-beijing = Beijing time
zone-of-city = time in { $city }

## What is wrong with a value

wrong-required = Fill this in
wrong-too-long = This is too long. Please shorten it
wrong-too-short = This is too short
wrong-out-of-range = This is not possible here
wrong-unknown = We do not know this. Please check it
wrong-not-allowed = This cannot be chosen here
wrong-malformed = This cannot be read. Please check it

## The start page

start-title = Is something wrong? Tell us
start-lead = Tell us what happened. You do not need an account, and you do not have to prove that you are right. A person reads what you write and gets back to you.
start-complain = Make a complaint
start-follow = You have told us already
start-follow-text = You can see where your complaint stands, add to it, or choose another time for our call.
start-follow-link = Follow a complaint
start-staff = Sign in (staff)

## Signing in

sign-in-title = Sign in
sign-in-handle = User name
sign-in-handle-missing = Enter your user name
sign-in-password = Password
sign-in-password-missing = Enter your password
sign-in-button = Sign in
sign-in-open-id = Sign in with your organisation’s account
sign-in-help = Have you forgotten your password? An administrator can send you a link that sets a new one.
sign-in-wait = There were too many attempts. Please wait { $m ->
    [one] { $m } minute
   *[other] { $m } minutes
} and try again
sign-in-code-needed = { $handle }, the password is right. Now we need a code.
sign-in-code = Code
sign-in-code-hint = The six digits in your authenticator app, or one of your recovery codes. You have five minutes.
sign-in-password-set = Your password is set. You can sign in with it now.
invitation-title = { $name }, choose a password
invitation-lead = You will sign in as { $handle }. This link works once.
invitation-password = Password
invitation-password-hint = At least 10 characters, and not easy to guess: a few words that do not belong together are good.
invitation-again = The same password again
invitation-differs = The two passwords differ. Please type them again
invitation-too-short = Use at least 10 characters
invitation-too-easy = This is too easy to guess. Use a few words that do not belong together, and not your name
invitation-button = Set the password
invitation-until = The link works until { $until }.
invitation-gone-title = This link does not work any more
invitation-gone-text = Each link works once, for three days, and until there is a newer one. Ask the administrator who sent it for another.

## Customers: the form

complain-title = Tell us what happened
complain-lead = Only the first question and a way to reach you are needed. Everything else helps us, but you can leave it out.
complain-statement = What happened?
complain-statement-hint = In your own words: what happened, when, and what you have tried already. Please leave out passwords and card numbers.
complain-statement-missing = Tell us what happened
complain-statement-long = This is longer than { $most } characters. Please shorten it, or attach it as a file
complain-incident = When did it happen? (optional)
complain-incident-hint = The day, as well as you know it.
complain-incident-future = The day when it happened cannot lie in the future
complain-incident-wrong = Enter the day as year-month-day, for example 2026-11-20
complain-remedy = What would put it right? (optional)
complain-remedy-hint = For example money back, a repair, an explanation, an apology.
complain-product = Which product or service is it about? (optional)
complain-order = Order, contract or account number (optional)
complain-order-hint = It stands on your invoice or in your confirmation.
complain-reach = How can we reach you?
complain-reach-hint = We need a telephone number or an e-mail address, so that we can answer. One of them is enough.
complain-name = Your name (optional)
complain-phone = Telephone number
complain-phone-hint = We call from our own number, and only about this.
complain-phone-wrong = We cannot read this telephone number. Check it, with the area code; from abroad with + and the country code
complain-contact-missing = Enter a telephone number or an e-mail address, so that we can answer
complain-email = E-mail address
complain-email-wrong = We cannot read this e-mail address. It looks like name@example.com
complain-medium = How would you like to hear from us? (optional)
complain-medium-phone = By telephone
complain-medium-email = By e-mail
complain-medium-message = As a message on the page of the complaint, which only you can open
complain-time = When is a good time to call? (optional)
complain-time-hint = For example: weekdays after 18:00.
complain-files = Photos, receipts, recordings (optional)
complain-files-hint = Up to { $n } files of at most { $mb } MB each: photos, PDF, text, sound or video (MP4).
complain-files-again = Please choose your files again: a browser does not keep them.
complain-next = What happens next
complain-next-at-once = At once, you get a reference and a private link. With the link you can see where your complaint stands.
complain-next-reads = A person reads what you wrote and gets back to you.
complain-next-call = When we have a solution, we call you back and ask whether it is settled. You choose another time if ours does not suit you.
complain-send = Send
complain-privacy = We use what you write here to handle your complaint, and to learn from it.
complain-sent-before = You have sent this form already, and changed something since. If you want to make a second complaint, send it again. To add to the first one, use its private link
draft-found = We have put back what you wrote here before. It is kept on this device only.
draft-forget = Clear it
draft-saved = Saved on this device
form-sending = One moment…
ahead-first-response = You hear from us by
ahead-next-response = We answer your message by
ahead-keep-informed = We tell you how far we are by
ahead-resolve = We settle it by

## Customers: the receipt

done-title = We have your complaint
done-reference = Your reference
done-link = Your private link
done-link-text = Keep this link: with it you follow your complaint, add to it, and change the time of our call. Whoever has the link can do that, so do not pass it on. It is shown here only now.
done-copy = Copy the link
done-copied = Copied
done-follow = Go to your complaint
done-unkept = { $n ->
    [one] One of your files could not be kept.
   *[other] { $n } of your files could not be kept.
}
done-unkept-advice = It may be too large, or of a kind that we cannot take. You can send it again on the page of your complaint.

## Customers: the way to the private page

entrance-title = Follow a complaint
entrance-lead = You need the private link that you were given when you told us. The reference alone is not enough: it stands in letters and is said on the phone, and nobody else should read your complaint.
entrance-link = Private link
entrance-link-hint = Paste the whole of it.
entrance-missing = Paste your private link
entrance-wrong = This is not a private link. It is long and looks like https://…/track/…; a reference such as K7QM-3R9X is not enough
entrance-go = Go on
entrance-lost = You do not have the link any more?
entrance-lost-text = Call us and say your reference. When we have made sure that it is you, we send you a new link; the old one then stops working.
link-unknown-title = This link leads nowhere
link-unknown-text = The link may be cut off: check that you have the whole of it. Or it was replaced by a newer one.
link-unknown-again = Paste the link once more

## Customers: the page of a complaint

track-title = Your complaint { $reference }
track-received = We have it
track-received-advice = Nobody has begun with it yet. You need not do anything.
track-handling = Somebody is working on it
track-handling-advice = You need not do anything. If something is missing, we ask you here or by telephone.
track-handling-call-advice = We call you at the time below. If it does not suit you, choose another one.
track-your-turn = We are waiting for you
track-your-turn-advice = We have asked you something. Please answer below; then we go on.
track-waiting = We are waiting for somebody else
track-waiting-advice = Somebody outside has to answer us. You need not do anything.
track-closed = It is closed
track-closed-advice = This is what we decided. You can read everything here, and tell us if you do not agree.
decision-upheld = You are right: we decided in your favour.
decision-partly = You are right in part: we decided partly in your favour.
decision-rejected = We looked into it and came to another view.
decision-withdrawn = You took the complaint back.
decision-duplicate = We handle this together with another complaint of yours about the same matter.
track-accepted = You accepted the decision on { $at }. Thank you for telling us.
track-decide = Do you agree?
track-accept = I accept the decision
track-dispute = I do not agree
track-dispute-reason = What is not right?
track-dispute-next = We open your complaint again and look at it once more.
track-dispute-send = Open it again
track-promised = What we promised
track-late = We are late. We are sorry.
call-confirm-resolution = We call you, to ask whether it is settled
call-give-answer = We call you with an answer
call-report-progress = We call you, to tell you how far we are
call-open = Promised.
call-overdue = We have not reached you yet. We are sorry.
call-kept = We called you, as promised.
call-late = We called you, later than promised. We are sorry.
call-broken = We did not call you, as we had promised. We are sorry.
call-moved = Moved to another time.
call-declined = You did not need this call.
track-move = Choose another time
track-move-date = Day
track-move-from = From
track-move-until = Until
track-move-zone = The times are { $zone }.
track-move-send = Move the call
track-move-day = Choose the day on which we may call
track-move-clock = Enter both times as hours and minutes, for example 18:00
track-move-order = The end has to be after the beginning
track-move-wrong = Choose a time that lies ahead, within the coming year
track-move-unsaid = Another time suits me better.
track-decline = I do not need this call
track-decline-next = We then do not call you. You can still write to us here.
track-decline-send = Call it off
track-decline-unsaid = I do not need this call.
track-why = Why? (optional)
track-reason-missing = Tell us what is not right
track-steps = How we handle it
step-listen = We hear what happened
step-accept-feelings = We understand what it meant for you
step-apologise = We apologise
step-understand-needs = We find out what you need, and what worries you
step-seek-solutions = We look for a solution with you
step-explain-actions = We tell you who does what, and by when
step-call-back = We call you back and ask whether it is settled
step-done = done
step-now = now
step-coming = to come
track-messages = Messages
track-no-messages = There are no messages yet.
message-ours = From us
message-yours = From you
track-write = Write to us
track-write-missing = Write what you want to tell us
track-write-send = Send the message
track-files = Files
track-file = Add photos, receipts or recordings
track-file-send = Send the files
track-file-missing = Choose a file
track-file-wrong = { $name }: { $why }
file-yours = (from you, { $kb } KB)
file-ours = (from us, { $kb } KB)
track-told = What you told us
track-told-at = It reached us on { $at }.
track-withdraw = Take the complaint back
track-withdraw-next = We then stop working on it, and promised calls are called off. You can make a new complaint at any time.
track-withdraw-send = Take it back
track-withdraw-unsaid = No reason given.
track-keep-link = This page is behind your private link. Keep the link, and do not pass it on.
track-done-written = We have your message.
track-done-file = We have your files.
track-done-moved = The call is moved.
track-done-declined = The call is called off.
track-done-accepted = Thank you. We have noted that you accept the decision.
track-done-disputed = Your complaint is open again. We look at it once more.
track-done-withdrawn = You have taken your complaint back.

## The desk

nav-desk = Desk
desk-title = Desk
desk-empty = You are signed in.

## Problems: what happened, and what to do

problem-title-not-found = There is nothing here
problem-title-not-allowed = This is not open to you
problem-title-later = Not just now
problem-title-ours = Something went wrong on our side
problem-title-other = This did not work
problem-id = If you ask us about this, say: { $id }
problem-request-malformed = Your browser sent something that we could not read. Go back and try again.
problem-auth-required = Please sign in first.
problem-auth-forbidden = Your role does not include this page. Ask an administrator if you need it.
problem-auth-other_team = Another team holds this complaint. Ask them, or have it assigned to one of your teams.
problem-auth-sign_in_refused = The user name, the password or the code is not right
problem-auth-code_required = The password is right. The account also needs a code.
problem-auth-too_many_tries = There were too many attempts. Wait a few minutes and try again.
problem-auth-cross_site = We could not tell that this came from a page of ours, so nothing was changed. Go back, reload the page and try again.
problem-auth-people_only = This is for people who are signed in.
problem-auth-second_factor_required = Your role needs a second factor, and your account has none yet. Set it up first.
problem-auth-second_factor_enabled = Your account has a second factor already.
problem-auth-second_factor_missing = Your account has no second factor.
problem-auth-code_wrong = The code is not right, or was used already. Wait for the next one.
problem-auth-password_wrong = The password is not right.
problem-auth-no_password = Your account has no password: you sign in with your organisation’s account.
problem-auth-open_id_failed = Signing in with your organisation’s account did not succeed. Please begin again.
problem-auth-open_id_refused = Your organisation knows you, but you have no access here. Ask an administrator.
problem-auth-open_id_unavailable = Your organisation’s sign-in does not answer. Try again in a few minutes.
problem-auth-escalation = You cannot give others more than you may do yourself.
problem-resource-not_found = The address may be mistyped or cut off, or what was here is gone. If you followed a private link, check that you have the whole of it.
problem-request-method_not_allowed = This address does not show anything. Go back, or start again.
problem-rate-limited = There were many requests from your connection in a short time. Wait a few minutes and try again. If you had typed something: go back in your browser, it should still be there.
problem-request-too_slow = What you sent came too slowly, and we stopped waiting. Nothing was kept. Try again, perhaps with smaller files.
problem-request-headers_too_large = Your browser sent more than we can take. Clear its cookies for this site and try again.
problem-challenge-required = Several complaints were sent from your connection in the last hour. Wait a while, or switch JavaScript on in your browser, and send it again.
problem-challenge-invalid = Your browser could not finish a short check. Please send the form again.
problem-challenge-expired = The form was open for a long time. Nothing is lost: please send it again.
problem-challenge-spent = The check was used already. Please send the form again.
problem-attachment-type_not_allowed = This kind of file cannot be attached. You can send photos (JPEG, PNG, WebP, HEIC), PDF, plain text, sound (MP3, M4A, Ogg, WAV) and video (MP4).
problem-attachment-too_many = There are as many files here as there can be.
problem-attachment-infected = The virus scanner found something in the file, so it was not kept.
problem-attachment-scanner_down = Files cannot be checked for viruses at the moment. Try again later.
problem-attachment-quarantined = The file is still being checked for viruses. Try again in a few minutes.
problem-request-too_large = This is more than we can take at once. Use a smaller file, or a shorter text.
problem-request-unsupported_media_type = Your browser sent something that we could not read. Go back and try again.
problem-request-invalid = Some values do not fit. Go back and check them.
problem-request-precondition_failed = Something has changed since you opened this page. Look at it again, then repeat what you wanted to do.
problem-request-precondition_required = Something has changed since you opened this page. Look at it again, then repeat what you wanted to do.
problem-idempotency-mismatch = You have sent this form once already, with other content. Send it again if you mean it.
problem-idempotency-in_flight = We are still working on what you sent. Wait a few seconds and look again.
problem-complaint-closed = The complaint is closed. It can be opened again.
problem-complaint-open = The complaint is still open.
problem-complaint-waiting = The complaint is waiting for somebody. Resume it first.
problem-complaint-not_waiting = The complaint is not waiting.
problem-procedure-out_of_order = An earlier step is missing. The seven steps are worked in order.
problem-procedure-skip_not_allowed = This step cannot be skipped for that reason.
problem-procedure-call_back_by_hand = Step 7 is done by calling the customer back: promise a call and record the attempts.
problem-closing-open_promise = A promise to the customer is still open. Keep it, move it or cancel it first.
problem-closing-steps_missing = Some steps before the call-back are neither done nor skipped.
problem-closing-no_call_back_outcome = The call-back has no outcome yet: the customer is satisfied, did not want a call, or could not be reached.
problem-closing-no_original = Link the complaint that this one repeats first.
problem-call_back-already_promised = There is an open promise of this kind. Move that one.
problem-call_back-settled = This call has been made or called off, so it cannot be changed any more.
problem-customer-contact_taken = Another customer has this telephone number, e-mail address or number.
problem-customer-restricted = The record of this customer is restricted. Ask whoever looks after privacy.
problem-customer-anonymised = The record of this customer was erased.
problem-complaint-anonymised = The content of this complaint was erased. It cannot be changed any more.
problem-privacy-open_complaint = A complaint of this customer is open. Finish it first.
problem-privacy-open_promise = A promise to this customer is open. Keep it first.
problem-privacy-legal_hold = A legal hold keeps this data.
problem-privacy-wrong_state = The state of the customer’s record does not allow this.
problem-privacy-recording_refused = The customer does not want calls to be recorded.
problem-retention-dry_run_missing = Try these rules first.
problem-complaint-circular_link = A complaint cannot be linked in a circle.
problem-typing-nothing_learnt = Nothing was learnt that could be taken back.
problem-resource-name_taken = The name is taken already.
problem-staff-last_admin = The last administrator has to stay one.
problem-staff-inactive = This person has left.
problem-staff-active = This person works here.
problem-team-open_work = Open work of the team is with this person. Name who takes it over.
problem-role-built_in = The built-in roles cannot be changed.
problem-role-in_use = Somebody has this role. Give them another one first.
problem-token-revoked = The token was revoked.
problem-service-overloaded = There is more to do at the moment than we can take. Nothing was changed. Try again in a few seconds.
problem-service-internal = Nothing was changed. Try again in a few minutes; if it does not help, tell us the number below.
