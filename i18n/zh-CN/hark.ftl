# 页面文字，简体中文。键与参数须与 ../en/hark.ftl 一致（tests/api/pages/words.rs 会比较）。

## 页面框架

brand = 投诉服务台
skip-to-main = 跳到正文
nav-label = 服务台
sign-out = 退出
switch-language = 语言
switch-colours = 配色
colours-auto = 跟随设备
colours-light = 浅色
colours-dark = 深色
title-with-errors = 有误：{ $title }
error-label = 错误：
errors-title = 有些内容需要修改
back-to-start = 返回首页
brackets = （{ $text }）
back-to-desk = 返回服务台

## 时间

span-m = { $m } 分钟
span-h = { $h } 小时
span-h-m = { $h } 小时 { $m } 分
span-d = { $d } 天
span-d-h = { $d } 天 { $h } 小时
time-now = 现在
time-ahead = { $span }后
time-ago = { $span }前
time-left = 还剩 { $span }
time-late = 已超时 { $span }
zone-beijing = 北京时间
zone-of-city = { $city }时间

## 内容有误

wrong-required = 请填写此项
wrong-too-long = 内容太长，请缩短
wrong-too-short = 内容太短
wrong-out-of-range = 这里不能这样填
wrong-unknown = 无法识别，请检查
wrong-not-allowed = 这里不能选择此项
wrong-malformed = 无法读取，请检查

## 首页

start-title = 遇到问题？请告诉我们
start-lead = 请告诉我们发生了什么。不需要注册账号，也不需要证明自己有理。会有专人阅读您写的内容，并给您答复。
start-complain = 我要投诉
start-follow = 已经投诉过
start-follow-text = 您可以查看处理进度、补充内容，或更改回访时间。
start-follow-link = 查询投诉进度
start-staff = 员工登录

## 登录

sign-in-title = 登录
sign-in-handle = 用户名
sign-in-handle-missing = 请输入用户名
sign-in-password = 密码
sign-in-password-missing = 请输入密码
sign-in-button = 登录
sign-in-open-id = 使用单位账号登录
sign-in-help = 忘记密码？管理员可以给您发送重设密码的链接。
sign-in-wait = 尝试次数过多，请等待 { $m } 分钟后再试
sign-in-code-needed = { $handle }，密码正确。还需要验证码。
sign-in-code = 验证码
sign-in-code-hint = 验证器应用中的六位数字，或一个恢复码。五分钟内有效。
sign-in-password-set = 密码已设置，现在可以登录了。
invitation-title = { $name }，请设置密码
invitation-lead = 您的用户名是 { $handle }。此链接只能使用一次。
invitation-password = 密码
invitation-password-hint = 至少 10 个字符，且不易被猜到：几个互不相关的词就很好。
invitation-again = 再次输入密码
invitation-differs = 两次输入的密码不同，请重新输入
invitation-too-short = 请使用至少 10 个字符
invitation-too-easy = 太容易被猜到。请使用几个互不相关的词，不要包含您的姓名
invitation-button = 设置密码
invitation-until = 链接有效期至 { $until }。
invitation-gone-title = 此链接已失效
invitation-gone-text = 每个链接只能使用一次，三天内有效，并在有新链接后失效。请向发送链接的管理员索取新的链接。

## 客户：表单

complain-title = 请告诉我们发生了什么
complain-lead = 只有第一个问题和联系方式需要填写。其他内容有助于我们处理，但可以不填。
complain-statement = 发生了什么？
complain-statement-hint = 用您自己的话说：发生了什么、什么时候、您已经尝试过什么。请不要写密码和卡号。
complain-statement-missing = 请告诉我们发生了什么
complain-statement-long = 内容超过 { $most } 个字符。请缩短，或作为文件附上
complain-incident = 什么时候发生的？（选填）
complain-incident-hint = 您记得的日期即可。
complain-incident-future = 发生日期不能是将来
complain-incident-wrong = 请按“年-月-日”输入日期，例如 2026-11-20
complain-remedy = 您希望怎样解决？（选填）
complain-remedy-hint = 例如退款、维修、解释或道歉。
complain-product = 涉及哪个产品或服务？（选填）
complain-order = 订单号、合同号或账号（选填）
complain-order-hint = 可在账单或确认信息中找到。
complain-reach = 我们怎样联系您？
complain-reach-hint = 我们需要电话号码或电子邮箱才能答复您，填写其中一项即可。
complain-name = 您的姓名（选填）
complain-phone = 电话号码
complain-phone-hint = 我们用自己的号码致电，只谈此事。
complain-phone-wrong = 无法识别此电话号码。请检查，并加上区号；国外号码请加 + 和国家代码
complain-contact-missing = 请填写电话号码或电子邮箱，以便我们答复
complain-email = 电子邮箱
complain-email-wrong = 无法识别此电子邮箱。格式如 name@example.com
complain-medium = 您希望我们怎样联系您？（选填）
complain-medium-phone = 电话
complain-medium-email = 电子邮件
complain-medium-message = 在只有您能打开的投诉页面上留言
complain-time = 什么时间方便接电话？（选填）
complain-time-hint = 例如：工作日 18:00 以后。
complain-files = 照片、凭证、录音（选填）
complain-files-hint = 最多 { $n } 个文件，每个不超过 { $mb } MB：照片、PDF、文本、声音或视频（MP4）。
complain-files-again = 请重新选择文件：浏览器不会保留它们。
complain-next = 接下来会怎样
complain-next-at-once = 您会立即得到一个编号和一个专属链接，凭链接可以查看处理进度。
complain-next-reads = 专人阅读您写的内容，并给您答复。
complain-next-call = 有了解决办法后，我们会给您回电，确认问题是否已经解决。如果时间不合适，您可以另选时间。
complain-send = 提交
complain-privacy = 您填写的内容用于处理您的投诉，并帮助我们改进。
complain-sent-before = 您已提交过此表单，之后又有改动。如果要提出第二件投诉，请再次提交；如果要补充第一件，请使用其专属链接
draft-found = 已恢复您之前在这里填写的内容。内容只保存在此设备上。
draft-forget = 清除
draft-saved = 已保存在此设备上
form-sending = 请稍候……
ahead-first-response = 最迟得到我们的答复
ahead-next-response = 最迟回复您的留言
ahead-keep-informed = 最迟告知您进展
ahead-resolve = 最迟解决

## 客户：回执

done-title = 我们已收到您的投诉
done-reference = 您的编号
done-link = 您的专属链接
done-link-text = 请保存此链接：凭它可以查看进度、补充内容、更改回电时间。任何持有链接的人都可以这样做，请勿转发。链接只在此处显示一次。
done-copy = 复制链接
done-copied = 已复制
done-follow = 查看我的投诉
done-unkept = 有 { $n } 个文件未能保存。
done-unkept-advice = 文件可能太大，或类型不支持。您可以在投诉页面上重新发送。

## 客户：专属页面入口

entrance-title = 查询投诉进度
entrance-lead = 需要使用提交投诉时得到的专属链接。只有编号是不够的：编号会出现在信件和电话中，而您的投诉不应被他人看到。
entrance-link = 专属链接
entrance-link-hint = 请粘贴完整的链接。
entrance-missing = 请粘贴您的专属链接
entrance-wrong = 这不是专属链接。专属链接较长，形如 https://…/track/…；只有编号（如 K7QM-3R9X）是不够的
entrance-go = 继续
entrance-lost = 链接找不到了？
entrance-lost-text = 请致电我们并报出编号。核实身份后，我们会给您新的链接，旧链接随即失效。
link-unknown-title = 此链接无效
link-unknown-text = 链接可能不完整：请检查是否复制了全部内容。也可能已被新的链接取代。
link-unknown-again = 重新粘贴链接

## 客户：投诉页面

track-title = 您的投诉 { $reference }
track-received = 我们已收到
track-received-advice = 尚未开始处理。您不需要做什么。
track-handling = 正在处理
track-handling-advice = 您不需要做什么。如果缺少信息，我们会在这里或通过电话询问您。
track-handling-call-advice = 我们会在下面的时间给您回电。如果不合适，请另选时间。
track-your-turn = 正在等待您
track-your-turn-advice = 我们向您提出了问题。请在下面回复，我们随后继续处理。
track-waiting = 正在等待其他方
track-waiting-advice = 需要外部人员答复我们。您不需要做什么。
track-closed = 已关闭
track-closed-advice = 这是我们的决定。您可以在这里查看全部内容；如果不同意，请告诉我们。
decision-upheld = 您是对的：我们的决定支持您的诉求。
decision-partly = 您部分正确：我们的决定部分支持您的诉求。
decision-rejected = 我们经过调查，得出了不同的看法。
decision-withdrawn = 您撤回了投诉。
decision-duplicate = 我们将此事与您就同一问题提出的另一件投诉一并处理。
track-accepted = 您已于 { $at } 接受此决定。感谢您告诉我们。
track-decide = 您同意吗？
track-accept = 我接受此决定
track-dispute = 我不同意
track-dispute-reason = 哪里不对？
track-dispute-next = 我们会重新打开您的投诉，再次处理。
track-dispute-send = 重新打开
track-promised = 我们的承诺
track-late = 我们迟了，十分抱歉。
call-confirm-resolution = 给您回电，确认问题是否已解决
call-give-answer = 给您回电，告知答复
call-report-progress = 给您回电，告知进展
call-open = 已约定。
call-overdue = 我们尚未联系上您，十分抱歉。
call-kept = 我们已按约定给您回电。
call-late = 我们给您回电迟了，十分抱歉。
call-broken = 我们没有按约定给您回电，十分抱歉。
call-moved = 已改到其他时间。
call-declined = 您不需要这次回电。
track-move = 另选时间
track-move-date = 日期
track-move-from = 从
track-move-until = 到
track-move-zone = 时间为{ $zone }。
track-move-send = 更改时间
track-move-day = 请选择可以接电话的日期
track-move-clock = 请按“时:分”填写两个时间，例如 18:00
track-move-order = 结束时间须晚于开始时间
track-move-wrong = 请选择将来一年之内的时间
track-move-unsaid = 其他时间更方便。
track-decline = 我不需要这次回电
track-decline-next = 我们将不再给您回电。您仍然可以在这里留言。
track-decline-send = 取消回电
track-decline-unsaid = 我不需要这次回电。
track-why = 原因（选填）
track-reason-missing = 请告诉我们哪里不对
track-steps = 我们怎样处理
step-listen = 倾听您的诉求
step-accept-feelings = 理解您的感受
step-apologise = 向您致歉
step-understand-needs = 了解您的需要和担忧
step-seek-solutions = 与您一起寻找解决办法
step-explain-actions = 告诉您谁在何时做什么
step-call-back = 给您回电，确认是否已解决
step-done = 已完成
step-now = 进行中
step-coming = 待进行
track-messages = 留言
track-no-messages = 还没有留言。
message-ours = 我们
message-yours = 您
track-write = 给我们留言
track-write-missing = 请填写您想告诉我们的内容
track-write-send = 发送留言
track-files = 文件
track-file = 添加照片、凭证或录音
track-file-send = 发送文件
track-file-missing = 请选择文件
track-file-wrong = { $name }：{ $why }
file-yours = （您发送，{ $kb } KB）
file-ours = （我们发送，{ $kb } KB）
track-told = 您告诉我们的内容
track-told-at = 收到时间：{ $at }。
track-withdraw = 撤回投诉
track-withdraw-next = 我们将停止处理，并取消已约定的回电。您随时可以重新投诉。
track-withdraw-send = 撤回
track-withdraw-unsaid = 未说明原因。
track-keep-link = 此页面只能通过您的专属链接打开。请保存链接，勿转发他人。
track-done-written = 我们已收到您的留言。
track-done-file = 我们已收到您的文件。
track-done-moved = 回电时间已更改。
track-done-declined = 回电已取消。
track-done-accepted = 谢谢。我们已记录您接受此决定。
track-done-disputed = 您的投诉已重新打开，我们会再次处理。
track-done-withdrawn = 您已撤回投诉。

## 服务台

nav-desk = 服务台
desk-title = 服务台
desk-empty = 您已登录。

## 问题说明

problem-title-not-found = 这里没有内容
problem-title-not-allowed = 您不能打开此页
problem-title-later = 请稍后再试
problem-title-ours = 我们这边出了问题
problem-title-other = 操作没有成功
problem-id = 向我们询问时请报编号：{ $id }
problem-request-malformed = 浏览器发送的内容无法读取。请返回重试。
problem-auth-required = 请先登录。
problem-auth-forbidden = 您的角色不包含此页面。如有需要，请联系管理员。
problem-auth-other_team = 此投诉由其他团队负责。请联系他们，或将其分派给您的团队。
problem-auth-sign_in_refused = 用户名、密码或验证码不正确
problem-auth-code_required = 密码正确，还需要验证码。
problem-auth-too_many_tries = 尝试次数过多。请等待几分钟后再试。
problem-auth-cross_site = 无法确认此操作来自我们的页面，因此没有做任何更改。请返回并刷新页面后重试。
problem-auth-people_only = 仅供已登录的人员使用。
problem-auth-second_factor_required = 您的角色需要双重验证，而您的账号尚未设置。请先设置。
problem-auth-second_factor_enabled = 您的账号已设置双重验证。
problem-auth-second_factor_missing = 您的账号没有双重验证。
problem-auth-code_wrong = 验证码不正确或已使用。请等待下一个。
problem-auth-password_wrong = 密码不正确。
problem-auth-no_password = 您的账号没有密码：请使用单位账号登录。
problem-auth-open_id_failed = 单位账号登录没有成功，请重新开始。
problem-auth-open_id_refused = 您的单位认识您，但您在这里没有权限。请联系管理员。
problem-auth-open_id_unavailable = 单位的登录服务没有响应。请几分钟后再试。
problem-auth-escalation = 您不能给他人超出自己的权限。
problem-resource-not_found = 地址可能有误或不完整，或者内容已不存在。如果您打开的是专属链接，请检查链接是否完整。
problem-request-method_not_allowed = 此地址没有可显示的内容。请返回，或重新开始。
problem-rate-limited = 您的网络在短时间内请求过多。请等待几分钟后再试。如果您已填写内容：在浏览器中返回，内容应该还在。
problem-request-too_slow = 内容传送过慢，我们已停止等待。没有保存任何内容。请重试，或使用较小的文件。
problem-request-headers_too_large = 浏览器发送的内容过多。请清除本站的 Cookie 后重试。
problem-challenge-required = 过去一小时内，您的网络已提交多份投诉。请稍等，或在浏览器中启用 JavaScript 后再提交。
problem-challenge-invalid = 浏览器没有完成一项简短的检查。请再次提交。
problem-challenge-expired = 表单打开的时间过长。内容没有丢失，请再次提交。
problem-challenge-spent = 检查已使用过。请再次提交。
problem-attachment-type_not_allowed = 不能附加这类文件。可以发送照片（JPEG、PNG、WebP、HEIC）、PDF、纯文本、声音（MP3、M4A、Ogg、WAV）和视频（MP4）。
problem-attachment-too_many = 文件数量已达上限。
problem-attachment-infected = 病毒扫描发现文件有问题，因此没有保存。
problem-attachment-scanner_down = 目前无法扫描文件。请稍后再试。
problem-attachment-quarantined = 文件仍在扫描中。请几分钟后再试。
problem-request-too_large = 内容过大。请使用较小的文件或较短的文字。
problem-request-unsupported_media_type = 浏览器发送的内容无法读取。请返回重试。
problem-request-invalid = 有些内容不正确。请返回检查。
problem-request-precondition_failed = 打开此页后内容已有变化。请重新查看，再进行操作。
problem-request-precondition_required = 打开此页后内容已有变化。请重新查看，再进行操作。
problem-idempotency-mismatch = 此表单已提交过一次，且内容不同。如果确实需要，请再次提交。
problem-idempotency-in_flight = 我们仍在处理您提交的内容。请几秒后再查看。
problem-complaint-closed = 投诉已关闭，可以重新打开。
problem-complaint-open = 投诉仍在处理中。
problem-complaint-waiting = 投诉正在等待。请先恢复处理。
problem-complaint-not_waiting = 投诉没有在等待。
problem-procedure-out_of_order = 前面的步骤尚未完成。七个步骤须按顺序进行。
problem-procedure-skip_not_allowed = 不能以此理由跳过这一步。
problem-procedure-call_back_by_hand = 第七步通过回访客户完成：请约定回访并记录每次联系。
problem-closing-open_promise = 对客户的承诺尚未兑现。请先兑现、改期或取消。
problem-closing-steps_missing = 回访之前的步骤尚未完成或跳过。
problem-closing-no_call_back_outcome = 回访尚无结果：客户满意、不需要回访，或无法联系。
problem-closing-no_original = 请先关联被重复的投诉。
problem-call_back-already_promised = 已有同类的未兑现承诺。请改期该承诺。
problem-call_back-settled = 此次回访已完成或取消，不能再更改。
problem-customer-contact_taken = 其他客户已使用此电话号码、电子邮箱或编号。
problem-customer-restricted = 此客户的记录受到限制。请联系隐私负责人。
problem-customer-anonymised = 此客户的记录已删除。
problem-complaint-anonymised = 此投诉的内容已删除，不能再更改。
problem-privacy-open_complaint = 此客户有未结的投诉。请先处理完毕。
problem-privacy-open_promise = 对此客户有未兑现的承诺。请先兑现。
problem-privacy-legal_hold = 因法律保全，此数据须保留。
problem-privacy-wrong_state = 客户记录的状态不允许此操作。
problem-privacy-recording_refused = 客户不同意通话录音。
problem-retention-dry_run_missing = 请先试运行这些规则。
problem-complaint-circular_link = 投诉不能循环关联。
problem-typing-nothing_learnt = 没有可撤回的学习内容。
problem-resource-name_taken = 名称已被使用。
problem-staff-last_admin = 最后一位管理员必须保留。
problem-staff-inactive = 此人已离职。
problem-staff-active = 此人在职。
problem-team-open_work = 此人手上有团队的未完工作。请指定接手人。
problem-role-built_in = 内置角色不能更改。
problem-role-in_use = 有人正在使用此角色。请先给他们其他角色。
problem-token-revoked = 令牌已撤销。
problem-service-overloaded = 目前任务过多，没有做任何更改。请几秒后再试。
problem-service-internal = 没有做任何更改。请几分钟后再试；如果仍不行，请把下面的编号告诉我们。
