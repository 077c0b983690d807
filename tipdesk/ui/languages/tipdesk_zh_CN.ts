<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
 <context>
  <name>TipDesk</name>
  <message>
   <source> It said: "{reason}".</source>
   <translation> 对方说：“{reason}”。</translation>
  </message>
  <message>
   <source>/usr/bin/program
first argument
second argument</source>
   <translation>/usr/bin/program
第一个参数
第二个参数</translation>
  </message>
  <message>
   <source>0 counts every tip there ever was.</source>
   <translation>填 0 则统计有史以来的每一笔打赏。</translation>
  </message>
  <message>
   <source>1 BTC = {price}</source>
   <translation>1 BTC = {price}</translation>
  </message>
  <message>
   <source>1 BTC = {price}, {source}, {moment}</source>
   <translation>1 BTC = {price}，{source}，{moment}</translation>
  </message>
  <message>
   <source>12 months</source>
   <translation>12 个月</translation>
  </message>
  <message>
   <source>2.9 % + 0.30 a payment</source>
   <translation>每笔 2.9 % + 0.30</translation>
  </message>
  <message>
   <source>24 hours</source>
   <translation>24 小时</translation>
  </message>
  <message>
   <source>30 days</source>
   <translation>30 天</translation>
  </message>
  <message>
   <source>32 bytes were expected</source>
   <translation>应为 32 字节</translation>
  </message>
  <message>
   <source>&lt; 0.1 s</source>
   <translation>不到 0.1 秒</translation>
  </message>
  <message>
   <source>A Nostr name looks like ana@example.com.</source>
   <translation>Nostr 名称的样子是 ana@example.com。</translation>
  </message>
  <message>
   <source>A SOCKS5 proxy such as Tor keeps your network address from those you connect to. Tor has to run already: TipDesk does not start it.</source>
   <translation>SOCKS5 代理（如 Tor）让你连接的各方看不到你的网络地址。Tor 必须已在运行：TipDesk 不会启动它。</translation>
  </message>
  <message>
   <source>A budget of nothing lets the app pay nothing. Set an amount, or no limit.</source>
   <translation>预算为零，应用就什么也付不了。请设一个金额，或不设上限。</translation>
  </message>
  <message>
   <source>A card would take {fee} of {amount}; here it is {here}.</source>
   <translation>刷卡会从 {amount} 中收取 {fee}；这里是{here}。</translation>
  </message>
  <message>
   <source>A channel</source>
   <translation>一条通道</translation>
  </message>
  <message>
   <source>A channel holds the money that tips are paid from. Open one with a node that is well connected.</source>
   <translation>通道里存放着用来打赏的钱。请与一个连接良好的节点开一条通道。</translation>
  </message>
  <message>
   <source>A channel holds whole sats.</source>
   <translation>通道里只能放整数聪。</translation>
  </message>
  <message>
   <source>A channel holds {least} to {most}, not {amount}. No money moved.</source>
   <translation>一条通道可放 {least} 到 {most}，不能是 {amount}。没有动用任何钱。</translation>
  </message>
  <message>
   <source>A channel needs an amount.</source>
   <translation>通道需要一个金额。</translation>
  </message>
  <message>
   <source>A channel needs you</source>
   <translation>一条通道需要你处理</translation>
  </message>
  <message>
   <source>A channel on the way asks for more time.</source>
   <translation>途中的一条通道要求更多时间。</translation>
  </message>
  <message>
   <source>A channel on the way asks for something TipDesk does not offer.</source>
   <translation>途中的一条通道要求 TipDesk 不提供的东西。</translation>
  </message>
  <message>
   <source>A channel on the way cannot carry this amount just now.</source>
   <translation>途中的一条通道此刻承载不了这个金额。</translation>
  </message>
  <message>
   <source>A channel on the way has become dearer.</source>
   <translation>途中的一条通道涨价了。</translation>
  </message>
  <message>
   <source>A channel on the way is switched off.</source>
   <translation>途中的一条通道已停用。</translation>
  </message>
  <message>
   <source>A channel on the way no longer works.</source>
   <translation>途中的一条通道已不可用。</translation>
  </message>
  <message>
   <source>A channel that others find, TipDesk set up to be tipped, and open. Zaps are not possible.</source>
   <translation>一条别人能找到的通道，设置为接收打赏的 TipDesk，并保持打开。不能收 zap。</translation>
  </message>
  <message>
   <source>A channel, being opened</source>
   <translation>一条通道（正在打开）</translation>
  </message>
  <message>
   <source>A comment has at most {most} characters; this one has {length}.</source>
   <translation>留言最多 {most} 个字符；这条有 {length} 个。</translation>
  </message>
  <message>
   <source>A comment, public with the tip</source>
   <translation>留言，随打赏公开</translation>
  </message>
  <message>
   <source>A comment, public without your name</source>
   <translation>留言，公开但不署你的名字</translation>
  </message>
  <message>
   <source>A copy is in {folder} now, and is kept up to date.</source>
   <translation>{folder} 中现在有一份副本，并会一直更新。</translation>
  </message>
  <message>
   <source>A domain whose web server hands requests on to TipDesk, or an onion address; and TipDesk open while you are tipped.</source>
   <translation>一个域名，其网页服务器把请求转给 TipDesk，或一个洋葱地址；并且别人打赏你时 TipDesk 处于打开状态。</translation>
  </message>
  <message>
   <source>A feature is required that TipDesk does not know (bit {bit} of {field}).</source>
   <translation>它要求一项 TipDesk 不认识的功能（{field} 的第 {bit} 位）。</translation>
  </message>
  <message>
   <source>A few sats reach a creator in a fraction of a second, at a fee you see beforehand. How do you want to begin?</source>
   <translation>几聪不到一秒就能到达创作者手中，手续费事先看得见。你想怎样开始？</translation>
  </message>
  <message>
   <source>A few words about you</source>
   <translation>简单介绍你自己</translation>
  </message>
  <message>
   <source>A file with a passphrase</source>
   <translation>带密码短语的文件</translation>
  </message>
  <message>
   <source>A folder for the second copy</source>
   <translation>第二份副本的文件夹</translation>
  </message>
  <message>
   <source>A goal without words</source>
   <translation>没有文字的目标</translation>
  </message>
  <message>
   <source>A goal, in millisats,</source>
   <translation>目标（以毫聪计）</translation>
  </message>
  <message>
   <source>A key is made that nothing is published with. You can tip, and read whatever you open.</source>
   <translation>会生成一把密钥，但不会用它发布任何内容。你可以打赏，也可以阅读你打开的一切。</translation>
  </message>
  <message>
   <source>A lightning address</source>
   <translation>一个闪电地址</translation>
  </message>
  <message>
   <source>A lightning address carries no private message.</source>
   <translation>闪电地址不能传私密留言。</translation>
  </message>
  <message>
   <source>A lightning address carries no private message: its server would read it. Send the money without words, or let the server have them. No money moved.</source>
   <translation>闪电地址不能传私密留言：它的服务器会读到。请只汇款不写字，或允许服务器看到留言。没有动用任何钱。</translation>
  </message>
  <message>
   <source>A lightning address looks like ana@example.com.</source>
   <translation>闪电地址的样子是 ana@example.com。</translation>
  </message>
  <message>
   <source>A link of Nostr Wallet Connect (Alby Hub, Zeus, coinos and others), or one that begins with lndconnect or clnrest. It can spend your money: it is kept with your other secrets.</source>
   <translation>Nostr Wallet Connect 的链接（Alby Hub、Zeus、coinos 等），或以 lndconnect、clnrest 开头的链接。它能花您的钱：它与您的其他机密保存在一起。</translation>
  </message>
  <message>
   <source>A link to {server}</source>
   <translation>指向 {server} 的链接</translation>
  </message>
  <message>
   <source>A list</source>
   <translation>一个列表</translation>
  </message>
  <message>
   <source>A list for orientation, as of 2026 and not checked since. TipDesk has no part in any of them and is paid by none. Compare what they charge and ask for.</source>
   <translation>这份名单仅供参考，截至 2026 年，之后未再核对。TipDesk 与其中任何一家都无关，也不收取任何报酬。请比较它们的收费和要求。</translation>
  </message>
  <message>
   <source>A login</source>
   <translation>一次登录</translation>
  </message>
  <message>
   <source>A long post needs a title and a text. Nothing was published.</source>
   <translation>长文需要标题和正文。没有发布任何内容。</translation>
  </message>
  <message>
   <source>A message can have {most} characters; this one has {length}.</source>
   <translation>留言最多 {most} 个字符；这条有 {length} 个。</translation>
  </message>
  <message>
   <source>A message has 1 to {most} characters; this one has {length}.</source>
   <translation>消息要有 1 到 {most} 个字符；这条有 {length} 个。</translation>
  </message>
  <message>
   <source>A message, for them alone to read</source>
   <translation>留言，只有对方能读</translation>
  </message>
  <message>
   <source>A minute of the day</source>
   <translation>一天中的分钟</translation>
  </message>
  <message>
   <source>A month</source>
   <translation>一个月</translation>
  </message>
  <message>
   <source>A name that is asked for may be readable on the way.</source>
   <translation>查询的名字在途中可能被人读到。</translation>
  </message>
  <message>
   <source>A node can be frozen on Linux and macOS only.</source>
   <translation>节点只能在 Linux 和 macOS 上冻结。</translation>
  </message>
  <message>
   <source>A node is written as its key of 66 digits, an @, its host, a colon and its port: 02ab...@example.com:9735.</source>
   <translation>节点的写法是：66 位密钥、@、主机、冒号和端口，例如 02ab...@example.com:9735。</translation>
  </message>
  <message>
   <source>A node on the way asks for something TipDesk does not offer.</source>
   <translation>途中的一个节点要求 TipDesk 不提供的东西。</translation>
  </message>
  <message>
   <source>A node on the way cannot reach the next one.</source>
   <translation>途中的一个节点联系不上下一个节点。</translation>
  </message>
  <message>
   <source>A node on the way could not read its instructions.</source>
   <translation>途中的一个节点读不了给它的指令。</translation>
  </message>
  <message>
   <source>A node on the way did not understand its instructions.</source>
   <translation>途中的一个节点不理解给它的指令。</translation>
  </message>
  <message>
   <source>A node on the way found the payment's time too long.</source>
   <translation>途中的一个节点认为付款的期限太长。</translation>
  </message>
  <message>
   <source>A node on the way found the time too short.</source>
   <translation>途中的一个节点认为期限太短。</translation>
  </message>
  <message>
   <source>A node on the way has failed for good.</source>
   <translation>途中的一个节点永久失效了。</translation>
  </message>
  <message>
   <source>A node on the way has trouble just now.</source>
   <translation>途中的一个节点此刻有故障。</translation>
  </message>
  <message>
   <source>A node or wallet of yours</source>
   <translation>您自己的节点或钱包</translation>
  </message>
  <message>
   <source>A node or wallet of yours pays for your tips: NWC, LND, Core Lightning, phoenixd.</source>
   <translation>由您已有的节点或钱包支付打赏：NWC、LND、Core Lightning、phoenixd。</translation>
  </message>
  <message>
   <source>A node without a time did not tell it.</source>
   <translation>没有标时间的节点没有报告时间。</translation>
  </message>
  <message>
   <source>A node's key has 66 letters and digits, and begins with 02 or 03.</source>
   <translation>节点的公钥有 66 位字母和数字，以 02 或 03 开头。</translation>
  </message>
  <message>
   <source>A note of your own</source>
   <translation>你自己的备注</translation>
  </message>
  <message>
   <source>A note of your own (N)</source>
   <translation>你自己的备注 (N)</translation>
  </message>
  <message>
   <source>A note of your own, to find it again</source>
   <translation>你自己的备注，方便以后查找</translation>
  </message>
  <message>
   <source>A note on the payment</source>
   <translation>给付款写备注</translation>
  </message>
  <message>
   <source>A note, for them alone to read</source>
   <translation>一段话，只有对方能读</translation>
  </message>
  <message>
   <source>A part of TipDesk failed and was started again.</source>
   <translation>TipDesk 的一个部分出了故障，已重新启动。</translation>
  </message>
  <message>
   <source>A passphrase for the file</source>
   <translation>文件的密码短语</translation>
  </message>
  <message>
   <source>A passphrase for the lock has {least} to {most} characters. Nothing was changed.</source>
   <translation>锁的密码短语要有 {least} 到 {most} 个字符。没有做任何更改。</translation>
  </message>
  <message>
   <source>A passphrase has at least {count} characters: a few words do well.</source>
   <translation>密码短语至少要有 {count} 个字符：几个词就很好。</translation>
  </message>
  <message>
   <source>A payment name looks like ₿ana@example.com.</source>
   <translation>支付名的样子是 ₿ana@example.com。</translation>
  </message>
  <message>
   <source>A peer is written as node_id@host:port, with 66 hexadecimal digits before the @. No money moved.</source>
   <translation>对等节点的写法是 node_id@host:port，@ 之前是 66 位十六进制数字。没有动用任何钱。</translation>
  </message>
  <message>
   <source>A picture for alerts</source>
   <translation>提醒用的图片</translation>
  </message>
  <message>
   <source>A picture of this draft is not on this computer any more. Nothing was published. Take it out and add it again.</source>
   <translation>这份草稿中的一张图片已不在这台电脑上。没有发布任何内容。请取出它再重新添加。</translation>
  </message>
  <message>
   <source>A picture post needs a picture. Nothing was published. Add one, or make it a note.</source>
   <translation>图片帖需要一张图片。没有发布任何内容。请添加一张，或改为短文。</translation>
  </message>
  <message>
   <source>A port is a number from 1,024 to 65,535.</source>
   <translation>端口是 1,024 到 65,535 之间的数字。</translation>
  </message>
  <message>
   <source>A post</source>
   <translation>一篇帖子</translation>
  </message>
  <message>
   <source>A post that is not here</source>
   <translation>一篇不在这里的帖子</translation>
  </message>
  <message>
   <source>A private message says so and asks for an invoice. Nothing is paid before you press Pay on their answer.</source>
   <translation>一条私信会这样告诉对方，并请对方给出发票。在你对其回复按下“支付”之前，不会付任何钱。</translation>
  </message>
  <message>
   <source>A private message with an invoice, which any wallet can pay for three days. Only the two of you can read it.</source>
   <translation>一条带发票的私信，任何钱包在三天内都能支付。只有你们两人能读到。</translation>
  </message>
  <message>
   <source>A private send</source>
   <translation>私密汇款</translation>
  </message>
  <message>
   <source>A profile has no field {unknown} that is set here.</source>
   <translation>资料中没有可在这里设置的 {unknown} 字段。</translation>
  </message>
  <message>
   <source>A proof of payment, and it holds</source>
   <translation>一份付款证明，并且成立</translation>
  </message>
  <message>
   <source>A provider's server answers for your address day and night, and has each invoice made by your own wallet over Nostr Wallet Connect. No server of yours.</source>
   <translation>服务商的服务器日夜替您的地址应答，并通过 Nostr Wallet Connect 让您自己的钱包开出每张发票。您不需要服务器。</translation>
  </message>
  <message>
   <source>A quantity is one at least.</source>
   <translation>数量至少为一。</translation>
  </message>
  <message>
   <source>A relay that you neither write to nor read is no use in the list: drop it instead.</source>
   <translation>既不写入也不读取的中继留在列表里没有用：请改为移除它。</translation>
  </message>
  <message>
   <source>A sat has at most three decimals.</source>
   <translation>一聪最多三位小数。</translation>
  </message>
  <message>
   <source>A sentence for lists, if you like</source>
   <translation>列表中显示的一句话（可选）</translation>
  </message>
  <message>
   <source>A small network on this computer: real nodes, real rules, coins without value. The first tip takes a minute, and nothing leaves the machine.</source>
   <translation>这台电脑上的一个小网络：真实的节点、真实的规则、没有价值的币。一分钟就能完成第一次打赏，而且什么都不会离开这台机器。</translation>
  </message>
  <message>
   <source>A sound for alerts</source>
   <translation>提醒用的声音</translation>
  </message>
  <message>
   <source>A test. No money moved.</source>
   <translation>这是测试。没有动用任何钱。</translation>
  </message>
  <message>
   <source>A test: no money stands behind it.</source>
   <translation>测试：背后没有真钱。</translation>
  </message>
  <message>
   <source>A thread ({start}…)</source>
   <translation>一个话题（{start}…）</translation>
  </message>
  <message>
   <source>A tip</source>
   <translation>一次打赏</translation>
  </message>
  <message>
   <source>A tip came in</source>
   <translation>收到一笔打赏</translation>
  </message>
  <message>
   <source>A tip is at most {amount}. Write a smaller amount.</source>
   <translation>一笔打赏最多 {amount}。请输入更小的金额。</translation>
  </message>
  <message>
   <source>A tip is more than nothing and at most {most}.</source>
   <translation>打赏金额要大于零，最多 {most}。</translation>
  </message>
  <message>
   <source>A tip to {address} would not reach you. {why} {next}</source>
   <translation>打给 {address} 的赏金到不了您手里。{why} {next}</translation>
  </message>
  <message>
   <source>A tip was not paid</source>
   <translation>一笔打赏没有付出</translation>
  </message>
  <message>
   <source>A wallet without a name</source>
   <translation>没有名字的钱包</translation>
  </message>
  <message>
   <source>A week</source>
   <translation>一周</translation>
  </message>
  <message>
   <source>A word, or #hashtag</source>
   <translation>一个词，或 #话题标签</translation>
  </message>
  <message>
   <source>A year</source>
   <translation>一年</translation>
  </message>
  <message>
   <source>About</source>
   <translation>关于</translation>
  </message>
  <message>
   <source>About you</source>
   <translation>关于你</translation>
  </message>
  <message>
   <source>About {amount}. It is a few hundred small tips, and enough that the costs of a channel do not eat it up. More is not safer: it is young software.</source>
   <translation>大约 {amount}。够几百次小额打赏，也足以不被通道的费用吃光。放得更多并不会更安全：这是一款还很年轻的软件。</translation>
  </message>
  <message>
   <source>About {name}</source>
   <translation>关于 {name}</translation>
  </message>
  <message>
   <source>Accept</source>
   <translation>接受</translation>
  </message>
  <message>
   <source>Act</source>
   <translation>操作</translation>
  </message>
  <message>
   <source>Add</source>
   <translation>添加</translation>
  </message>
  <message>
   <source>Add a browser source in OBS for each page you want and give it the address. Whoever has an address can watch the page: do not show it on the stream.</source>
   <translation>在 OBS 中为每个想要的页面添加一个浏览器源，并填入地址。谁有地址谁就能看到页面：不要在直播中露出它。</translation>
  </message>
  <message>
   <source>Add a file …</source>
   <translation>添加文件 …</translation>
  </message>
  <message>
   <source>Add a rule</source>
   <translation>添加规则</translation>
  </message>
  <message>
   <source>Add a way to reach them to send money, and their npub to write to them.</source>
   <translation>添加一种联系方式才能给对方汇款，添加 npub 才能给对方写信。</translation>
  </message>
  <message>
   <source>Add an offer, a payment name or a lightning address to their entry.</source>
   <translation>请在对方的条目中添加要约、支付名或闪电地址。</translation>
  </message>
  <message>
   <source>Add it, turned off</source>
   <translation>添加，先不启用</translation>
  </message>
  <message>
   <source>Add pictures</source>
   <translation>添加图片</translation>
  </message>
  <message>
   <source>Add somebody</source>
   <translation>添加某人</translation>
  </message>
  <message>
   <source>Add somebody to your people</source>
   <translation>把某人添加到你的联系人</translation>
  </message>
  <message numerus="yes">
   <source>Add {count} people</source>
   <translation>
    <numerusform>添加 {count} 人</numerusform>
   </translation>
  </message>
  <message>
   <source>Add {name}</source>
   <translation>添加 {name}</translation>
  </message>
  <message>
   <source>Address</source>
   <translation>地址</translation>
  </message>
  <message>
   <source>Address and port of the proxy</source>
   <translation>代理的地址和端口</translation>
  </message>
  <message>
   <source>Address of a media server</source>
   <translation>媒体服务器的地址</translation>
  </message>
  <message>
   <source>Address of a name server</source>
   <translation>域名服务器的地址</translation>
  </message>
  <message>
   <source>Address of a picture</source>
   <translation>图片地址</translation>
  </message>
  <message>
   <source>Address of a relay to add</source>
   <translation>要添加的中继的地址</translation>
  </message>
  <message>
   <source>Address of the server</source>
   <translation>服务器地址</translation>
  </message>
  <message>
   <source>Address of the webhook</source>
   <translation>Webhook 的地址</translation>
  </message>
  <message>
   <source>Address of your picture</source>
   <translation>你的图片的地址</translation>
  </message>
  <message>
   <source>Address on chain</source>
   <translation>链上地址</translation>
  </message>
  <message>
   <source>Africa</source>
   <translation>非洲</translation>
  </message>
  <message numerus="yes">
   <source>After a wrong passphrase TipDesk waits: try again in {count} seconds.</source>
   <translation>
    <numerusform>密码短语错误后 TipDesk 会等一会儿：请 {count} 秒后再试。</numerusform>
   </translation>
  </message>
  <message>
   <source>Alert rule</source>
   <translation>提醒规则</translation>
  </message>
  <message>
   <source>Alert rules</source>
   <translation>提醒规则</translation>
  </message>
  <message>
   <source>Alerts</source>
   <translation>提醒</translation>
  </message>
  <message>
   <source>Alerts on air, held, next and missed</source>
   <translation>正在显示、待放行、接下来和错过的提醒</translation>
  </message>
  <message>
   <source>All</source>
   <translation>全部</translation>
  </message>
  <message>
   <source>All commands</source>
   <translation>所有命令</translation>
  </message>
  <message>
   <source>All in the history</source>
   <translation>在历史中查看全部</translation>
  </message>
  <message>
   <source>All that was written goes from this computer. {who} keeps what is on theirs, and the relays keep what they have for as long as they like.</source>
   <translation>双方写过的一切都会从这台电脑上消失。{who} 保留自己电脑上的内容，中继想保留多久就保留多久。</translation>
  </message>
  <message>
   <source>All that you follow</source>
   <translation>你关注的全部</translation>
  </message>
  <message>
   <source>All their posts</source>
   <translation>此人的全部帖子</translation>
  </message>
  <message>
   <source>All time</source>
   <translation>累计</translation>
  </message>
  <message>
   <source>All tips of a day</source>
   <translation>一天的全部打赏</translation>
  </message>
  <message>
   <source>All whom you follow are in your people.</source>
   <translation>你关注的人都已在联系人中。</translation>
  </message>
  <message>
   <source>All {count}</source>
   <translation>全部 {count} 个</translation>
  </message>
  <message numerus="yes">
   <source>All {count} people that you follow</source>
   <translation>
    <numerusform>你关注的全部 {count} 人</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>All {count} relays have it.</source>
   <translation>
    <numerusform>全部 {count} 个中继都有了。</numerusform>
   </translation>
  </message>
  <message>
   <source>Amount</source>
   <translation>金额</translation>
  </message>
  <message>
   <source>Amount from, to</source>
   <translation>金额从、到</translation>
  </message>
  <message>
   <source>Amount of the channel</source>
   <translation>通道金额</translation>
  </message>
  <message>
   <source>Amount of the goal</source>
   <translation>目标金额</translation>
  </message>
  <message>
   <source>Amount of the test</source>
   <translation>测试金额</translation>
  </message>
  <message>
   <source>Amount of {of}</source>
   <translation>{of}的金额</translation>
  </message>
  <message>
   <source>Amount to pay</source>
   <translation>付款金额</translation>
  </message>
  <message>
   <source>Amount to receive</source>
   <translation>收款金额</translation>
  </message>
  <message>
   <source>Amount to send</source>
   <translation>付款金额</translation>
  </message>
  <message>
   <source>Amount to take</source>
   <translation>提取金额</translation>
  </message>
  <message>
   <source>Amounts</source>
   <translation>金额</translation>
  </message>
  <message>
   <source>Amounts also in</source>
   <translation>金额同时显示为</translation>
  </message>
  <message>
   <source>Amounts are hidden, so this was not copied. Show them first.</source>
   <translation>金额已隐藏，因此没有复制。请先显示金额。</translation>
  </message>
  <message>
   <source>An account there, the link that you make here for it, and TipDesk open while you are tipped. The link may only make invoices: it cannot spend.</source>
   <translation>需要在那里有账户、您在这里为它生成的链接，并且收赏时 TipDesk 开着。该链接只能开发票，不能花钱。</translation>
  </message>
  <message>
   <source>An address at a provider</source>
   <translation>服务商处的地址</translation>
  </message>
  <message>
   <source>An address on chain</source>
   <translation>一个链上地址</translation>
  </message>
  <message>
   <source>An alert was not read aloud. {error}</source>
   <translation>有一条提醒没有朗读。{error}</translation>
  </message>
  <message>
   <source>An alert's time, in milliseconds,</source>
   <translation>提醒的时长（以毫秒计）</translation>
  </message>
  <message>
   <source>An amount is more than nothing.</source>
   <translation>金额要大于零。</translation>
  </message>
  <message>
   <source>An amount to tip with is from {least} to {most}.</source>
   <translation>打赏金额要在 {least} 到 {most} 之间。</translation>
  </message>
  <message>
   <source>An empty line</source>
   <translation>空行</translation>
  </message>
  <message>
   <source>An empty wallet of TipDesk's own lies beside it. You can use it, or not, whenever you like.</source>
   <translation>旁边还有一个 TipDesk 自己的空钱包。用不用、何时用都随您。</translation>
  </message>
  <message>
   <source>An entry has no field {name}.</source>
   <translation>条目中没有 {name} 字段。</translation>
  </message>
  <message>
   <source>An invoice</source>
   <translation>一张发票</translation>
  </message>
  <message>
   <source>An invoice cannot hold so long a description.</source>
   <translation>发票容不下这么长的说明。</translation>
  </message>
  <message>
   <source>An invoice, a lightning address, an npub, an address on chain, an LNURL or a node's key. Nothing is sent before you press the button.</source>
   <translation>发票、闪电地址、npub、链上地址、LNURL 或节点公钥。按下按钮之前不会发送任何东西。</translation>
  </message>
  <message>
   <source>An npub, a profile link, a lightning address, a ₿ name, lno1, a node's key</source>
   <translation>npub、资料链接、闪电地址、₿ 名称、lno1 或节点公钥</translation>
  </message>
  <message>
   <source>An offer asks for more than nothing</source>
   <translation>要约要求的金额须大于零</translation>
  </message>
  <message>
   <source>An offer, to be paid again and again</source>
   <translation>一份要约，可反复支付</translation>
  </message>
  <message>
   <source>Announce it, so that others may route through it</source>
   <translation>公布它，让别人可以经由它转发</translation>
  </message>
  <message>
   <source>Anonymous</source>
   <translation>匿名</translation>
  </message>
  <message>
   <source>Another</source>
   <translation>另一个</translation>
  </message>
  <message>
   <source>Another TipDesk is using the profile in {folder}. Close it first, or start this one with another profile. Nothing was changed.</source>
   <translation>另一个 TipDesk 正在使用 {folder} 中的配置。请先关闭它，或用另一个配置启动这一个。没有做任何更改。</translation>
  </message>
  <message>
   <source>Another amount, and a comment (Shift+T)</source>
   <translation>其他金额，并留言 (Shift+T)</translation>
  </message>
  <message>
   <source>Another key signs the receipts: they are your provider's word, not yours.</source>
   <translation>收据由另一把密钥签名：那是你的服务商的说法，不是你的。</translation>
  </message>
  <message>
   <source>Another one</source>
   <translation>另一个</translation>
  </message>
  <message>
   <source>Another wallet may be able to.</source>
   <translation>也许另一个钱包可以。</translation>
  </message>
  <message>
   <source>Answer</source>
   <translation>回复</translation>
  </message>
  <message>
   <source>Answer for it</source>
   <translation>替它应答</translation>
  </message>
  <message>
   <source>Answered</source>
   <translation>已回复</translation>
  </message>
  <message>
   <source>Answers for {address}</source>
   <translation>正在替 {address} 应答</translation>
  </message>
  <message>
   <source>Any amount</source>
   <translation>任意金额</translation>
  </message>
  <message>
   <source>Any time</source>
   <translation>任何时间</translation>
  </message>
  <message>
   <source>Any wallet</source>
   <translation>任何钱包</translation>
  </message>
  <message>
   <source>Anybody can pay it as often as they like while TipDesk is running here. It does not say who you are.</source>
   <translation>只要 TipDesk 在这里运行，任何人都可以支付它，次数不限。它不会说明你是谁。</translation>
  </message>
  <message>
   <source>Appearance</source>
   <translation>外观</translation>
  </message>
  <message>
   <source>Apps that show short names still say “{short}”.</source>
   <translation>显示短名字的应用仍会显示“{short}”。</translation>
  </message>
  <message>
   <source>As the system</source>
   <translation>跟随系统</translation>
  </message>
  <message>
   <source>Asia, Pacific</source>
   <translation>亚太</translation>
  </message>
  <message>
   <source>Ask</source>
   <translation>询问</translation>
  </message>
  <message>
   <source>Ask again</source>
   <translation>再问一次</translation>
  </message>
  <message>
   <source>Ask for an incoming channel, or spend from yours to make room.</source>
   <translation>请别人向你开一条通道，或从你的通道花掉一些以腾出空间。</translation>
  </message>
  <message>
   <source>Ask for an invoice</source>
   <translation>请求发票</translation>
  </message>
  <message>
   <source>Ask for money</source>
   <translation>请求付款</translation>
  </message>
  <message>
   <source>Ask for pictures of</source>
   <translation>加载谁的图片</translation>
  </message>
  <message>
   <source>Ask for their npub</source>
   <translation>查询对方的 npub</translation>
  </message>
  <message>
   <source>Ask the wallet</source>
   <translation>询问钱包</translation>
  </message>
  <message>
   <source>Ask the wallet anew</source>
   <translation>重新查询钱包</translation>
  </message>
  <message>
   <source>Ask the wallet first: paste its link and press the button.</source>
   <translation>请先询问钱包：粘贴它的链接并按下按钮。</translation>
  </message>
  <message>
   <source>Ask your relays</source>
   <translation>询问你的中继</translation>
  </message>
  <message>
   <source>Ask {domain}</source>
   <translation>询问 {domain}</translation>
  </message>
  <message>
   <source>Ask {domain} for their npub</source>
   <translation>向 {domain} 查询对方的 npub</translation>
  </message>
  <message>
   <source>Ask {domain} whose name that is</source>
   <translation>询问 {domain} 这个名字是谁的</translation>
  </message>
  <message>
   <source>Ask {name} again what it can do</source>
   <translation>重新询问 {name} 能做什么</translation>
  </message>
  <message>
   <source>Ask {name} for money</source>
   <translation>请 {name} 付款</translation>
  </message>
  <message>
   <source>Asked at every start.</source>
   <translation>每次启动时都会询问。</translation>
  </message>
  <message>
   <source>Asked at every start. Nobody can bring it back; your words can.</source>
   <translation>每次启动时都会询问。没有人能找回它，但你的助记词可以恢复钱包。</translation>
  </message>
  <message>
   <source>Asked when TipDesk starts, and whenever it locks. Ctrl+L locks it.</source>
   <translation>TipDesk 启动时和每次锁定后都会询问。Ctrl+L 立即锁定。</translation>
  </message>
  <message>
   <source>Asked {ago}.</source>
   <translation>询问时间：{ago}。</translation>
  </message>
  <message>
   <source>Asking for the latest version …</source>
   <translation>正在查询最新版本 …</translation>
  </message>
  <message>
   <source>Asking relays …</source>
   <translation>正在询问中继 …</translation>
  </message>
  <message>
   <source>Asking the proxy…</source>
   <translation>正在询问代理…</translation>
  </message>
  <message>
   <source>Asking the relays for your public list …</source>
   <translation>正在向中继查询你的公开列表 …</translation>
  </message>
  <message>
   <source>Asking the relays …</source>
   <translation>正在询问中继 …</translation>
  </message>
  <message>
   <source>Asking your relays for your list …</source>
   <translation>正在向你的中继查询你的列表 …</translation>
  </message>
  <message>
   <source>Asking your relays for your profile …</source>
   <translation>正在向你的中继查询你的资料 …</translation>
  </message>
  <message>
   <source>Asking your relays …</source>
   <translation>正在询问你的中继 …</translation>
  </message>
  <message>
   <source>Asking {domain} …</source>
   <translation>正在询问 {domain} …</translation>
  </message>
  <message>
   <source>Asking {name} …</source>
   <translation>正在询问 {name} …</translation>
  </message>
  <message>
   <source>Asking …</source>
   <translation>正在询问 …</translation>
  </message>
  <message>
   <source>Asks {address} as a fan's wallet would, up to the payment. Nothing is paid. A server that answers here may still be closed to others.</source>
   <translation>像粉丝的钱包那样询问 {address}，直到付款前为止。不会付任何钱。在这里有应答的服务器，对其他人仍可能不通。</translation>
  </message>
  <message>
   <source>At least</source>
   <translation>最少</translation>
  </message>
  <message>
   <source>At least {count} characters. It locks the window; it is not the passphrase of your wallet file, and your words take the lock away if you forget it.</source>
   <translation>至少 {count} 个字符。它锁定窗口，不是钱包文件的密码短语；如果忘了，可以用助记词解除锁定。</translation>
  </message>
  <message>
   <source>At most</source>
   <translation>最多</translation>
  </message>
  <message>
   <source>At most {most} letters.</source>
   <translation>最多 {most} 个字。</translation>
  </message>
  <message>
   <source>At most {room} can come in now: what you spend makes room, and so does a channel that others open to you. An address on chain takes any amount.</source>
   <translation>现在最多能收 {room}：花出去的钱会腾出空间，别人向你开的通道也会。链上地址可以收任意金额。</translation>
  </message>
  <message>
   <source>At most {room} can come in over your channels now. Write less, or spend some first to make room.</source>
   <translation>现在通过你的通道最多能收 {room}。请写少一些，或先花掉一些以腾出空间。</translation>
  </message>
  <message>
   <source>At {address}</source>
   <translation>地址 {address}</translation>
  </message>
  <message>
   <source>Back</source>
   <translation>返回</translation>
  </message>
  <message>
   <source>Back to those you follow</source>
   <translation>回到你关注的人</translation>
  </message>
  <message>
   <source>Backup words</source>
   <translation>备份助记词</translation>
  </message>
  <message>
   <source>Backups</source>
   <translation>备份</translation>
  </message>
  <message>
   <source>Before a tip goes</source>
   <translation>打赏发出之前</translation>
  </message>
  <message>
   <source>Beyond the limit</source>
   <translation>超出限额</translation>
  </message>
  <message>
   <source>Bitcoin</source>
   <translation>比特币</translation>
  </message>
  <message>
   <source>Bitcoin is real money. Test coins have no value, and whom you tip has none of it.</source>
   <translation>比特币是真钱。测试币没有价值，你打赏的人也得不到任何东西。</translation>
  </message>
  <message>
   <source>Bring a lost wallet back</source>
   <translation>找回丢失的钱包</translation>
  </message>
  <message>
   <source>Bring it back</source>
   <translation>找回</translation>
  </message>
  <message>
   <source>Bring over</source>
   <translation>带过来</translation>
  </message>
  <message>
   <source>Bring over whom you follow in your other Nostr apps</source>
   <translation>带来你在其他 Nostr 应用中关注的人</translation>
  </message>
  <message>
   <source>Bring the key back</source>
   <translation>找回密钥</translation>
  </message>
  <message>
   <source>Bring tips</source>
   <translation>带来打赏</translation>
  </message>
  <message>
   <source>By agreement your {ours} go to your wallet on chain, less a network fee of about {fee}. They are yours to use after a block or two.</source>
   <translation>经双方同意关闭：你的 {ours} 减去约 {fee} 的网络费后进入你的链上钱包，一两个区块后即可使用。</translation>
  </message>
  <message>
   <source>Can be spent</source>
   <translation>可花</translation>
  </message>
  <message>
   <source>Can be spent now</source>
   <translation>现在可花</translation>
  </message>
  <message>
   <source>Can be spent now, from {wallet}</source>
   <translation>现在可花（来自 {wallet}）</translation>
  </message>
  <message>
   <source>Can be spent: {amount}</source>
   <translation>可花：{amount}</translation>
  </message>
  <message>
   <source>Can be undone</source>
   <translation>可撤销</translation>
  </message>
  <message>
   <source>Can be undone for</source>
   <translation>可撤销时间</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>取消</translation>
  </message>
  <message>
   <source>Cancel the export</source>
   <translation>取消导出</translation>
  </message>
  <message>
   <source>Cancelled</source>
   <translation>已取消</translation>
  </message>
  <message>
   <source>Cannot be paid</source>
   <translation>无法支付</translation>
  </message>
  <message>
   <source>Chain servers</source>
   <translation>链服务器</translation>
  </message>
  <message>
   <source>Chain servers, one a line</source>
   <translation>链服务器，每行一个</translation>
  </message>
  <message>
   <source>Change</source>
   <translation>更改</translation>
  </message>
  <message>
   <source>Change it</source>
   <translation>更改</translation>
  </message>
  <message>
   <source>Change the amounts of one press</source>
   <translation>更改一键打赏的金额</translation>
  </message>
  <message>
   <source>Change the entry</source>
   <translation>修改条目</translation>
  </message>
  <message>
   <source>Change the media server</source>
   <translation>更改媒体服务器</translation>
  </message>
  <message>
   <source>Change the passphrase</source>
   <translation>更改密码短语</translation>
  </message>
  <message>
   <source>Change the rule from {amount} on</source>
   <translation>修改 {amount} 起的规则</translation>
  </message>
  <message>
   <source>Change this post</source>
   <translation>修改这篇帖子</translation>
  </message>
  <message>
   <source>Change your post</source>
   <translation>修改你的帖子</translation>
  </message>
  <message>
   <source>Change {name}</source>
   <translation>更改 {name}</translation>
  </message>
  <message>
   <source>Channel backup</source>
   <translation>通道备份</translation>
  </message>
  <message>
   <source>Channel with {peer}, {state}. Capacity {capacity}, ours {ours}, theirs {theirs}.</source>
   <translation>与 {peer} 的通道，{state}。容量 {capacity}，我方 {ours}，对方 {theirs}。</translation>
  </message>
  <message>
   <source>Channel {channel}</source>
   <translation>通道 {channel}</translation>
  </message>
  <message>
   <source>Channels</source>
   <translation>通道</translation>
  </message>
  <message>
   <source>Checks</source>
   <translation>检查项</translation>
  </message>
  <message>
   <source>Choose</source>
   <translation>选择</translation>
  </message>
  <message>
   <source>Choose a second folder</source>
   <translation>选择第二个文件夹</translation>
  </message>
  <message>
   <source>Choose another way</source>
   <translation>选择其他方式</translation>
  </message>
  <message>
   <source>Choose at least one thing that the app may do.</source>
   <translation>请至少选择一件允许该应用做的事。</translation>
  </message>
  <message>
   <source>Choose somebody on the left to send to them, or to see what was paid.</source>
   <translation>在左边选择一个人，即可向其汇款，或查看付过什么。</translation>
  </message>
  <message>
   <source>Choose the channel backup</source>
   <translation>选择通道备份</translation>
  </message>
  <message>
   <source>Choose which wallet pays</source>
   <translation>选择由哪个钱包支付</translation>
  </message>
  <message>
   <source>Choose who is to stand in your people. Nobody learns of it.</source>
   <translation>选择要放进联系人的人。没有人会知道。</translation>
  </message>
  <message>
   <source>Clear</source>
   <translation>清除</translation>
  </message>
  <message>
   <source>Clear the filter</source>
   <translation>清除筛选</translation>
  </message>
  <message>
   <source>Clear the search</source>
   <translation>清除搜索</translation>
  </message>
  <message>
   <source>Close</source>
   <translation>关闭</translation>
  </message>
  <message>
   <source>Close alone, without the other side</source>
   <translation>单方面关闭，不等对方</translation>
  </message>
  <message>
   <source>Close and keep the draft</source>
   <translation>关闭并保留草稿</translation>
  </message>
  <message>
   <source>Close the channel</source>
   <translation>关闭通道</translation>
  </message>
  <message>
   <source>Close the channel with {peer}</source>
   <translation>关闭与 {peer} 的通道</translation>
  </message>
  <message>
   <source>Close the channel with {peer}?</source>
   <translation>要关闭与 {peer} 的通道吗？</translation>
  </message>
  <message>
   <source>Close the picture</source>
   <translation>关闭图片</translation>
  </message>
  <message>
   <source>Close this offer</source>
   <translation>关闭这份要约</translation>
  </message>
  <message>
   <source>Closed</source>
   <translation>已关闭</translation>
  </message>
  <message>
   <source>Closed because: {reason}</source>
   <translation>关闭原因：{reason}</translation>
  </message>
  <message>
   <source>Closing</source>
   <translation>正在关闭</translation>
  </message>
  <message>
   <source>Closing TipDesk</source>
   <translation>正在关闭 TipDesk</translation>
  </message>
  <message>
   <source>Closing alone costs two or more network fees of about {fee}, and your money waits {blocks} blocks: until about {day}. Do it only if the other side stays away.</source>
   <translation>单方面关闭要付两笔或更多约 {fee} 的网络费，而且你的钱要等 {blocks} 个区块：大约到 {day}。只有对方一直不在线时才这样做。</translation>
  </message>
  <message>
   <source>Closing alone takes days until your money is free, and costs more.</source>
   <translation>单方面关闭要好几天才能动用你的钱，费用也更高。</translation>
  </message>
  <message>
   <source>Code</source>
   <translation>码</translation>
  </message>
  <message>
   <source>Code of the link</source>
   <translation>链接二维码</translation>
  </message>
  <message>
   <source>Code on the screen</source>
   <translation>屏幕上的码</translation>
  </message>
  <message>
   <source>Commands</source>
   <translation>命令</translation>
  </message>
  <message>
   <source>Connect</source>
   <translation>连接</translation>
  </message>
  <message>
   <source>Connect a wallet</source>
   <translation>连接钱包</translation>
  </message>
  <message>
   <source>Connect an app</source>
   <translation>连接应用</translation>
  </message>
  <message>
   <source>Connected</source>
   <translation>已连接</translation>
  </message>
  <message>
   <source>Connected apps</source>
   <translation>已连接的应用</translation>
  </message>
  <message>
   <source>Connected: {name}</source>
   <translation>已连接：{name}</translation>
  </message>
  <message>
   <source>Continue</source>
   <translation>继续</translation>
  </message>
  <message>
   <source>Contrast</source>
   <translation>对比度</translation>
  </message>
  <message>
   <source>Conversation with {who}</source>
   <translation>与 {who} 的对话</translation>
  </message>
  <message>
   <source>Conversations</source>
   <translation>对话</translation>
  </message>
  <message>
   <source>Copied</source>
   <translation>已复制</translation>
  </message>
  <message>
   <source>Copied.</source>
   <translation>已复制。</translation>
  </message>
  <message>
   <source>Copy</source>
   <translation>复制</translation>
  </message>
  <message>
   <source>Copy a proof</source>
   <translation>复制证明</translation>
  </message>
  <message>
   <source>Copy it</source>
   <translation>复制</translation>
  </message>
  <message>
   <source>Copy its hash</source>
   <translation>复制哈希</translation>
  </message>
  <message>
   <source>Copy our address</source>
   <translation>复制我们的地址</translation>
  </message>
  <message>
   <source>Copy our lightning address</source>
   <translation>复制我们的闪电地址</translation>
  </message>
  <message>
   <source>Copy the address of {name}</source>
   <translation>复制 {name} 的地址</translation>
  </message>
  <message>
   <source>Copy the link</source>
   <translation>复制链接</translation>
  </message>
  <message>
   <source>Copy the payment hash</source>
   <translation>复制付款哈希</translation>
  </message>
  <message>
   <source>Copy the private key</source>
   <translation>复制私钥</translation>
  </message>
  <message>
   <source>Copy the public key</source>
   <translation>复制公钥</translation>
  </message>
  <message>
   <source>Copy the secret</source>
   <translation>复制密钥</translation>
  </message>
  <message>
   <source>Copy what they sent</source>
   <translation>复制对方发来的内容</translation>
  </message>
  <message>
   <source>Copy {name}</source>
   <translation>复制 {name}</translation>
  </message>
  <message>
   <source>Copy: {name}</source>
   <translation>复制：{name}</translation>
  </message>
  <message>
   <source>Core Lightning makes no invoice for a hash without the text that it is of.</source>
   <translation>没有原文，Core Lightning 不会只为一个哈希开发票。</translation>
  </message>
  <message>
   <source>Cover it: readers see it only when they ask to</source>
   <translation>遮住：读者主动要求时才看到</translation>
  </message>
  <message>
   <source>Cover sensitive posts</source>
   <translation>遮住敏感帖子</translation>
  </message>
  <message>
   <source>Covered by its author, without a reason</source>
   <translation>作者已遮住，未说明原因</translation>
  </message>
  <message>
   <source>Covered by its author. Open it to read it.</source>
   <translation>作者已遮住。打开后可阅读。</translation>
  </message>
  <message>
   <source>Covered by its author: {reason}</source>
   <translation>作者已遮住：{reason}</translation>
  </message>
  <message>
   <source>Creator</source>
   <translation>创作者</translation>
  </message>
  <message>
   <source>Ctrl+Enter</source>
   <translation>Ctrl+Enter</translation>
  </message>
  <message>
   <source>Currency</source>
   <translation>货币</translation>
  </message>
  <message>
   <source>Dark</source>
   <translation>深色</translation>
  </message>
  <message>
   <source>Dark theme</source>
   <translation>深色主题</translation>
  </message>
  <message>
   <source>Day from, to</source>
   <translation>日期从、到</translation>
  </message>
  <message>
   <source>Decides by itself what a payment may cost in fees</source>
   <translation>付款手续费的上限由它自己决定</translation>
  </message>
  <message>
   <source>Delete</source>
   <translation>删除</translation>
  </message>
  <message>
   <source>Delete the conversation</source>
   <translation>删除对话</translation>
  </message>
  <message>
   <source>Delete the conversation?</source>
   <translation>要删除这段对话吗？</translation>
  </message>
  <message>
   <source>Delete this conversation</source>
   <translation>删除这段对话</translation>
  </message>
  <message>
   <source>Delete this draft</source>
   <translation>删除这份草稿</translation>
  </message>
  <message>
   <source>Delete this post</source>
   <translation>删除这篇帖子</translation>
  </message>
  <message>
   <source>Delete what they wrote</source>
   <translation>删除对方写的内容</translation>
  </message>
  <message>
   <source>Delete your post</source>
   <translation>删除你的帖子</translation>
  </message>
  <message>
   <source>Delete your post?</source>
   <translation>要删除你的帖子吗？</translation>
  </message>
  <message>
   <source>Delivered</source>
   <translation>已送达</translation>
  </message>
  <message numerus="yes">
   <source>Delivered: {taken} of their {count} relays took it.</source>
   <translation>
    <numerusform>已送达：对方 {count} 个中继中有 {taken} 个收下了。</numerusform>
   </translation>
  </message>
  <message>
   <source>Desktop</source>
   <translation>桌面</translation>
  </message>
  <message>
   <source>Details and a note of your own</source>
   <translation>详情和你自己的备注</translation>
  </message>
  <message>
   <source>Discard</source>
   <translation>放弃</translation>
  </message>
  <message>
   <source>Discard what is not published yet</source>
   <translation>放弃尚未发布的内容</translation>
  </message>
  <message>
   <source>Dismiss</source>
   <translation>关闭</translation>
  </message>
  <message>
   <source>Do not ask {relay} any more</source>
   <translation>不再询问 {relay}</translation>
  </message>
  <message>
   <source>Does not pay: you can only be paid</source>
   <translation>不付款：您只能收款</translation>
  </message>
  <message>
   <source>Does not tell its balance</source>
   <translation>不告知余额</translation>
  </message>
  <message>
   <source>Domain</source>
   <translation>域名</translation>
  </message>
  <message>
   <source>Done</source>
   <translation>完成</translation>
  </message>
  <message>
   <source>Dots stand for what you have, get and gave. Ctrl+H shows them; what you are about to pay is always shown.</source>
   <translation>用圆点代替你拥有、收到和付出的金额。Ctrl+H 显示；即将支付的金额始终显示。</translation>
  </message>
  <message>
   <source>Draft</source>
   <translation>草稿</translation>
  </message>
  <message>
   <source>Drafts</source>
   <translation>草稿</translation>
  </message>
  <message>
   <source>Draw a frame around the code. Enter takes the whole screen, Escape leaves.</source>
   <translation>在码的周围画一个框。回车取整个屏幕，Esc 退出。</translation>
  </message>
  <message>
   <source>Drop</source>
   <translation>移除</translation>
  </message>
  <message>
   <source>Drop {shown}</source>
   <translation>移除 {shown}</translation>
  </message>
  <message>
   <source>Each call is signed with it (X-TipDesk-Signature), so that your server knows it is from here. The server needs the same secret.</source>
   <translation>每次调用都用它签名 (X-TipDesk-Signature)，这样你的服务器就知道调用来自这里。服务器需要同样的密钥。</translation>
  </message>
  <message>
   <source>Each knows the node before it and the one after it.</source>
   <translation>每个节点只知道前一个和后一个节点。</translation>
  </message>
  <message>
   <source>Each tip as it lands, with picture, sound and words.</source>
   <translation>每笔打赏到账时显示，带图片、声音和文字。</translation>
  </message>
  <message>
   <source>Earlier: picture {n}</source>
   <translation>前移：图片 {n}</translation>
  </message>
  <message>
   <source>Edit</source>
   <translation>编辑</translation>
  </message>
  <message>
   <source>Edit your profile</source>
   <translation>编辑你的资料</translation>
  </message>
  <message>
   <source>Encrypted to the one you write to: relays carry them and cannot read them. Choose somebody on the left, or begin a new message.</source>
   <translation>只加密给收信人：中继负责传送，但读不了。请在左边选择一个人，或新建一条消息。</translation>
  </message>
  <message>
   <source>Ended</source>
   <translation>已结束</translation>
  </message>
  <message>
   <source>Entry of {name}</source>
   <translation>{name} 的条目</translation>
  </message>
  <message>
   <source>Europe</source>
   <translation>欧洲</translation>
  </message>
  <message>
   <source>Every copy is written anew.</source>
   <translation>每份副本都会重新写入。</translation>
  </message>
  <message>
   <source>Every kind</source>
   <translation>所有类型</translation>
  </message>
  <message>
   <source>Every page that is open goes blank at once, and OBS needs the new addresses. Do it when an address was seen by others.</source>
   <translation>所有打开的页面会立即变成空白，OBS 需要新的地址。地址被别人看到时请这样做。</translation>
  </message>
  <message>
   <source>Every tip</source>
   <translation>每笔打赏</translation>
  </message>
  <message>
   <source>Every tip up to {amount} can come in.</source>
   <translation>最多 {amount} 的每笔打赏都能到账。</translation>
  </message>
  <message>
   <source>Every tip, payment and channel will stand here, with its fee and what it was worth at that moment.</source>
   <translation>每笔打赏、付款和通道都会显示在这里，附带手续费和当时的价值。</translation>
  </message>
  <message>
   <source>Every way costs more than your fee limit.</source>
   <translation>每条路都超过你的手续费限额。</translation>
  </message>
  <message>
   <source>Every way to pay the invoice requires a feature that TipDesk does not know (bit {bit}). No money moved.</source>
   <translation>支付这张发票的每种方式都要求一项 TipDesk 不认识的功能（第 {bit} 位）。没有动用任何钱。</translation>
  </message>
  <message>
   <source>Every way to the receiver costs more than your fee limit.</source>
   <translation>到收款方的每条路都超过你的手续费限额。</translation>
  </message>
  <message>
   <source>Every way to the receiver was tried and failed.</source>
   <translation>到收款方的每条路都试过了，都失败了。</translation>
  </message>
  <message>
   <source>Every way would lock the money for too long.</source>
   <translation>每条路都会把钱锁住太久。</translation>
  </message>
  <message>
   <source>Everybody</source>
   <translation>所有人</translation>
  </message>
  <message>
   <source>Everybody can see that it was you, the amount and your words; their payment server sees your internet address and the amount.</source>
   <translation>所有人都能看到是你、金额和你的留言；对方的付款服务器会看到你的网络地址和金额。</translation>
  </message>
  <message>
   <source>Everybody can see the amount and your words, but not that it was you; their payment server sees your internet address and the amount.</source>
   <translation>所有人都能看到金额和你的留言，但看不到是你；对方的付款服务器会看到你的网络地址和金额。</translation>
  </message>
  <message>
   <source>Everybody can see what stands here</source>
   <translation>所有人都能看到这里的内容</translation>
  </message>
  <message>
   <source>Everybody is there</source>
   <translation>所有人都已在列表中</translation>
  </message>
  <message>
   <source>Everybody you connect to learns your network address. Onion addresses cannot be reached.</source>
   <translation>你连接的每一方都能看到你的网络地址。无法访问洋葱地址。</translation>
  </message>
  <message>
   <source>Everything</source>
   <translation>全部</translation>
  </message>
  <message>
   <source>Everything else</source>
   <translation>其他一切</translation>
  </message>
  <message>
   <source>Everywhere</source>
   <translation>任何地方</translation>
  </message>
  <message>
   <source>Expired</source>
   <translation>已过期</translation>
  </message>
  <message>
   <source>Expired {ago}</source>
   <translation>过期于 {ago}</translation>
  </message>
  <message>
   <source>Expires</source>
   <translation>到期</translation>
  </message>
  <message>
   <source>Export</source>
   <translation>导出</translation>
  </message>
  <message>
   <source>Export the history</source>
   <translation>导出历史</translation>
  </message>
  <message>
   <source>Failed</source>
   <translation>失败</translation>
  </message>
  <message>
   <source>Failed channels</source>
   <translation>失败的通道</translation>
  </message>
  <message>
   <source>Fans see a goal with your posts and can tip for it. What your own wallet received counts, up to the day it closes.</source>
   <translation>粉丝会在你的帖子旁看到目标，并可以为它打赏。计入的是你自己的钱包收到的，直到目标结束那天。</translation>
  </message>
  <message>
   <source>Fast</source>
   <translation>快</translation>
  </message>
  <message>
   <source>Fee</source>
   <translation>手续费</translation>
  </message>
  <message>
   <source>Fee likely {likely}, {limit}</source>
   <translation>手续费约 {likely}，{limit}</translation>
  </message>
  <message>
   <source>Fee {limit}; finding the likely one …</source>
   <translation>手续费{limit}；正在查找可能的手续费 …</translation>
  </message>
  <message>
   <source>Feed</source>
   <translation>动态</translation>
  </message>
  <message>
   <source>Fees by card</source>
   <translation>刷卡的手续费</translation>
  </message>
  <message>
   <source>Fees paid</source>
   <translation>已付手续费</translation>
  </message>
  <message>
   <source>Fields of the entry</source>
   <translation>条目的各栏</translation>
  </message>
  <message>
   <source>Files ({kinds})</source>
   <translation>文件 ({kinds})</translation>
  </message>
  <message>
   <source>Filter</source>
   <translation>筛选</translation>
  </message>
  <message>
   <source>Filter by amount and day</source>
   <translation>按金额和日期筛选</translation>
  </message>
  <message>
   <source>Finding out where {who} takes private messages …</source>
   <translation>正在查找 {who} 在哪里接收私密消息 …</translation>
  </message>
  <message>
   <source>Finding out whether {who} takes private messages …</source>
   <translation>正在查询 {who} 是否接收私密消息 …</translation>
  </message>
  <message>
   <source>Finding the recipient and the way there. No money has moved. {cost}</source>
   <translation>正在查找收款人和到那里的路。还没有动用任何钱。{cost}</translation>
  </message>
  <message>
   <source>Fingerprint of the certificate</source>
   <translation>证书指纹</translation>
  </message>
  <message>
   <source>First amount</source>
   <translation>第一个金额</translation>
  </message>
  <message>
   <source>First and last</source>
   <translation>第一条和最后一条</translation>
  </message>
  <message>
   <source>First day</source>
   <translation>第一天</translation>
  </message>
  <message>
   <source>First day that counts for the goal, or nothing for now</source>
   <translation>目标开始计算的第一天，留空则从现在开始</translation>
  </message>
  <message>
   <source>Follow</source>
   <translation>关注</translation>
  </message>
  <message>
   <source>Follow somebody</source>
   <translation>关注某人</translation>
  </message>
  <message>
   <source>Following</source>
   <translation>正在关注</translation>
  </message>
  <message>
   <source>Follows here whom you follow in your other Nostr apps</source>
   <translation>在这里关注你在其他 Nostr 应用中关注的人</translation>
  </message>
  <message>
   <source>For</source>
   <translation>用途</translation>
  </message>
  <message>
   <source>For another program of yours. Whoever has it is you, for good.</source>
   <translation>供你的其他程序使用。谁有了它，谁就永远是你。</translation>
  </message>
  <message>
   <source>For how long the budget is</source>
   <translation>预算的周期</translation>
  </message>
  <message>
   <source>For no post</source>
   <translation>不为任何帖子</translation>
  </message>
  <message>
   <source>For one app a day</source>
   <translation>每天给一个应用</translation>
  </message>
  <message>
   <source>For the post: {words}</source>
   <translation>给这篇帖子：{words}</translation>
  </message>
  <message>
   <source>For: {words}</source>
   <translation>用于：{words}</translation>
  </message>
  <message>
   <source>Forgotten it?</source>
   <translation>忘记了？</translation>
  </message>
  <message>
   <source>Found</source>
   <translation>已找到</translation>
  </message>
  <message>
   <source>From</source>
   <translation>从</translation>
  </message>
  <message>
   <source>From somebody who has some, or bought. Whoever sells them usually asks who you are, and takes 1 to 4 in a hundred. Send them on chain to your address here.</source>
   <translation>来自已经有聪的人，或者购买。卖家通常会问你是谁，并收取百分之一到四。请从链上发到你这里的地址。</translation>
  </message>
  <message>
   <source>From this amount on; leave it empty for every tip</source>
   <translation>从这个金额起；留空则每笔打赏都算</translation>
  </message>
  <message>
   <source>From whom you follow</source>
   <translation>从你关注的人中添加</translation>
  </message>
  <message>
   <source>From {amount}</source>
   <translation>{amount} 起</translation>
  </message>
  <message>
   <source>From {amount}: {template}</source>
   <translation>{amount} 起：{template}</translation>
  </message>
  <message>
   <source>From {name}</source>
   <translation>来自 {name}</translation>
  </message>
  <message>
   <source>Full</source>
   <translation>完整</translation>
  </message>
  <message>
   <source>Get sats</source>
   <translation>获取聪</translation>
  </message>
  <message>
   <source>Get your first sats</source>
   <translation>获取你的第一笔聪</translation>
  </message>
  <message>
   <source>Getting practice coins from the faucet</source>
   <translation>正在从水龙头领取练习币</translation>
  </message>
  <message>
   <source>Give the app a name, so that you know it again in the list.</source>
   <translation>给应用起个名字，以便在列表里认出它。</translation>
  </message>
  <message>
   <source>Give them a name, or an npub: its profile may say one.</source>
   <translation>请写一个名字，或一个 npub：其资料中可能有名字。</translation>
  </message>
  <message>
   <source>Go on</source>
   <translation>继续</translation>
  </message>
  <message>
   <source>Goal</source>
   <translation>目标</translation>
  </message>
  <message>
   <source>Goal on the stream</source>
   <translation>直播上的目标</translation>
  </message>
  <message>
   <source>Goals</source>
   <translation>目标</translation>
  </message>
  <message>
   <source>Good</source>
   <translation>良好</translation>
  </message>
  <message>
   <source>Hand on with</source>
   <translation>转交方式</translation>
  </message>
  <message>
   <source>Held</source>
   <translation>待放行</translation>
  </message>
  <message>
   <source>Help</source>
   <translation>帮助</translation>
  </message>
  <message>
   <source>Hide</source>
   <translation>隐藏</translation>
  </message>
  <message>
   <source>Hide TipDesk</source>
   <translation>隐藏 TipDesk</translation>
  </message>
  <message>
   <source>Hide amounts</source>
   <translation>隐藏金额</translation>
  </message>
  <message>
   <source>Hide amounts (Ctrl+H)</source>
   <translation>隐藏金额 (Ctrl+H)</translation>
  </message>
  <message>
   <source>Hide amounts while another program is in front</source>
   <translation>其他程序在前面时隐藏金额</translation>
  </message>
  <message>
   <source>Hide or show amounts</source>
   <translation>隐藏或显示金额</translation>
  </message>
  <message>
   <source>Hide the alert that is shown</source>
   <translation>隐藏正在显示的提醒</translation>
  </message>
  <message>
   <source>Hide the secret</source>
   <translation>隐藏密钥</translation>
  </message>
  <message>
   <source>Hide them while another program is in front</source>
   <translation>其他程序在前面时隐藏</translation>
  </message>
  <message>
   <source>Hide what is on air, key F9</source>
   <translation>隐藏正在显示的提醒，按键 F9</translation>
  </message>
  <message>
   <source>Hide · F9</source>
   <translation>隐藏 · F9</translation>
  </message>
  <message>
   <source>High</source>
   <translation>高</translation>
  </message>
  <message>
   <source>High contrast</source>
   <translation>高对比度</translation>
  </message>
  <message>
   <source>High: edges drawn, nothing pale.</source>
   <translation>高：描出边框，不用淡色。</translation>
  </message>
  <message>
   <source>Highest {amount}</source>
   <translation>最高 {amount}</translation>
  </message>
  <message>
   <source>History</source>
   <translation>历史</translation>
  </message>
  <message>
   <source>Hold each until I let it pass</source>
   <translation>每条先留着，由我放行</translation>
  </message>
  <message>
   <source>Hold it to show the address.</source>
   <translation>按住可显示地址。</translation>
  </message>
  <message>
   <source>How alerts come</source>
   <translation>提醒怎样出现</translation>
  </message>
  <message>
   <source>How it is connected</source>
   <translation>连接方式</translation>
  </message>
  <message>
   <source>How it went</source>
   <translation>执行结果</translation>
  </message>
  <message>
   <source>How long it lasts</source>
   <translation>有效期</translation>
  </message>
  <message>
   <source>How much</source>
   <translation>金额</translation>
  </message>
  <message>
   <source>How much to begin with</source>
   <translation>从多少开始</translation>
  </message>
  <message>
   <source>How to reach them</source>
   <translation>如何联系对方</translation>
  </message>
  <message>
   <source>I have a key</source>
   <translation>我有密钥</translation>
  </message>
  <message>
   <source>I have written them down</source>
   <translation>我已经抄下来了</translation>
  </message>
  <message>
   <source>I know this, and begin with a small amount</source>
   <translation>我明白，并从小额开始</translation>
  </message>
  <message>
   <source>Identity</source>
   <translation>身份</translation>
  </message>
  <message>
   <source>If that is not your provider's node, change the address in your profile at once.</source>
   <translation>如果那不是你的服务商的节点，请立即更改资料中的地址。</translation>
  </message>
  <message>
   <source>If that is right, change the digest in the settings</source>
   <translation>如果没错，请在设置中修改摘要</translation>
  </message>
  <message>
   <source>If that provider is not yours, change the address in your profile.</source>
   <translation>如果那不是你的服务商，请更改资料中的地址。</translation>
  </message>
  <message>
   <source>If you close TipDesk, open it again before {day}, {time}: only a running node can answer a peer that cheats.</source>
   <translation>如果关闭 TipDesk，请在 {day} {time} 之前再次打开：只有运行中的节点才能应对作弊的对方。</translation>
  </message>
  <message>
   <source>If you know that it was renewed, delete the line of {place} in the profile's file pins, and it will be met anew</source>
   <translation>如果你知道它已更换，请删除配置的 pins 文件中 {place} 那一行，下次会重新认识它</translation>
  </message>
  <message>
   <source>If you quit, open TipDesk again before {day}</source>
   <translation>如果退出，请在 {day} 之前再次打开 TipDesk</translation>
  </message>
  <message>
   <source>In</source>
   <translation>收入</translation>
  </message>
  <message>
   <source>In a file of this profile. Practice coins need no passphrase.</source>
   <translation>在这个配置的文件中。练习币不需要密码短语。</translation>
  </message>
  <message>
   <source>In an encrypted file of this profile. Its passphrase is asked at the start.</source>
   <translation>在这个配置的加密文件中。启动时会询问它的密码短语。</translation>
  </message>
  <message>
   <source>In flight</source>
   <translation>在途</translation>
  </message>
  <message>
   <source>In flight: {what}</source>
   <translation>在途：{what}</translation>
  </message>
  <message>
   <source>In private from {who}: {text}</source>
   <translation>{who} 私下说：{text}</translation>
  </message>
  <message>
   <source>In private: “{text}”</source>
   <translation>私下说：“{text}”</translation>
  </message>
  <message>
   <source>In the keyring of this system, which opens when you log in.</source>
   <translation>在这个系统的密钥环中，登录时随之打开。</translation>
  </message>
  <message>
   <source>In the profile</source>
   <translation>在配置文件夹中</translation>
  </message>
  <message>
   <source>Income</source>
   <translation>收入</translation>
  </message>
  <message>
   <source>Income over time</source>
   <translation>收入走势</translation>
  </message>
  <message>
   <source>Income over time, top tippers and posts</source>
   <translation>收入走势、打赏最多的人和帖子</translation>
  </message>
  <message>
   <source>Income over time. {chosen}</source>
   <translation>收入走势。{chosen}</translation>
  </message>
  <message>
   <source>Invoice</source>
   <translation>发票</translation>
  </message>
  <message>
   <source>Invoice and address</source>
   <translation>发票和地址</translation>
  </message>
  <message>
   <source>Invoices</source>
   <translation>发票</translation>
  </message>
  <message>
   <source>Invoices you make and pay stand here. Tips have a page of their own.</source>
   <translation>你开出和支付的发票显示在这里。打赏有单独的页面。</translation>
  </message>
  <message>
   <source>It can be paid. What comes in stands in your history.</source>
   <translation>可以支付了。收到的款项会记在你的历史中。</translation>
  </message>
  <message>
   <source>It cannot be read: {error}.</source>
   <translation>无法读取：{error}。</translation>
  </message>
  <message>
   <source>It carries your payment on. You may be passing on somebody else's, but few phones and desktops do.</source>
   <translation>它转交你的付款。你也可能是在转交别人的付款，但手机和桌面钱包很少这样做。</translation>
  </message>
  <message>
   <source>It comes to {wallet}. An address on chain is TipDesk's own.</source>
   <translation>款项进入 {wallet}。链上地址则属于 TipDesk 自己。</translation>
  </message>
  <message>
   <source>It counts here at once; the relays are being told …</source>
   <translation>在这里立即生效；正在告知中继 …</translation>
  </message>
  <message>
   <source>It expired unpaid.</source>
   <translation>它过期了，没有人支付。</translation>
  </message>
  <message>
   <source>It gave an invoice of {amount}.</source>
   <translation>它给出了一张 {amount} 的发票。</translation>
  </message>
  <message>
   <source>It gave no reason.</source>
   <translation>没有说明原因。</translation>
  </message>
  <message>
   <source>It goes from your feed, and your relays are asked to delete it. They may keep it, and whoever has read it may have a copy: what was public cannot be called back. Tips that it got stay yours.</source>
   <translation>它会从你的动态中消失，并请你的中继删除。中继可能保留它，读过的人可能有副本：公开过的内容无法收回。它得到的打赏仍归你。</translation>
  </message>
  <message>
   <source>It hands the payment to the receiver's node, and may think that it stays.</source>
   <translation>它把付款交给收款人的节点，可能会认为款项就留在那里。</translation>
  </message>
  <message>
   <source>It hands the payment to the receiver, and is not told that the way ends there.</source>
   <translation>它把付款交给收款人，但没有人告诉它路线到此为止。</translation>
  </message>
  <message>
   <source>It has expired. Ask them for a new one.</source>
   <translation>已过期。请向对方要一个新的。</translation>
  </message>
  <message>
   <source>It is below every rule.</source>
   <translation>它低于所有规则。</translation>
  </message>
  <message>
   <source>It is in the list already.</source>
   <translation>它已经在列表中。</translation>
  </message>
  <message>
   <source>It is my node's: trust it</source>
   <translation>是我节点的：信任它</translation>
  </message>
  <message>
   <source>It is on the clipboard for {seconds} seconds, or until TipDesk locks or ends.</source>
   <translation>它会在剪贴板上保留 {seconds} 秒，或到 TipDesk 锁定或结束为止。</translation>
  </message>
  <message>
   <source>It is paid without asking first.</source>
   <translation>它会不先询问就支付。</translation>
  </message>
  <message>
   <source>It is published to the relays that you write to, and its tips are counted from there. It cannot be changed afterwards.</source>
   <translation>它会发布到你写入的中继，打赏也从那里统计。之后不能更改。</translation>
  </message>
  <message>
   <source>It is too late to undo this tip: it is on its way.</source>
   <translation>来不及撤销这笔打赏了：它已经在途。</translation>
  </message>
  <message>
   <source>It landed in quiet hours, or while alerts were off.</source>
   <translation>它在安静时段或提醒关闭时到账。</translation>
  </message>
  <message>
   <source>It landed while TipDesk was closed.</source>
   <translation>它在 TipDesk 关闭时到账。</translation>
  </message>
  <message>
   <source>It lets you do one thing there without an account.</source>
   <translation>它让你无需账户就能在那里做一件事。</translation>
  </message>
  <message>
   <source>It links this key to the account that you have there.</source>
   <translation>它把这把密钥与你在那里的账户关联起来。</translation>
  </message>
  <message>
   <source>It logs you in there.</source>
   <translation>它让你在那里登录。</translation>
  </message>
  <message>
   <source>It makes the invoice, and sees your internet address.</source>
   <translation>它开出发票，并能看到你的网络地址。</translation>
  </message>
  <message>
   <source>It makes the invoice. It sees a request that came through the proxy.</source>
   <translation>它开出发票。它看到的请求来自代理。</translation>
  </message>
  <message>
   <source>It makes you a new account.</source>
   <translation>它为你建一个新账户。</translation>
  </message>
  <message>
   <source>It may serve members only: join it, or choose another media server.</source>
   <translation>它可能只服务会员：请加入，或选择另一个媒体服务器。</translation>
  </message>
  <message>
   <source>It may {things}</source>
   <translation>它可以：{things}</translation>
  </message>
  <message>
   <source>It names nobody: who the payer is has to be shown otherwise.</source>
   <translation>它没有指明任何人：付款人是谁须另行证明。</translation>
  </message>
  <message>
   <source>It opens with your login, and asks when it is locked.</source>
   <translation>它随系统登录打开，锁定时会询问。</translation>
  </message>
  <message>
   <source>It pays and is paid while TipDesk runs, within what you allow. It reaches TipDesk over relays (Nostr Wallet Connect), which cannot read what the two say.</source>
   <translation>TipDesk 运行时，它在您允许的范围内付款和收款。它通过中继（Nostr Wallet Connect）联系 TipDesk，中继无法读取双方的内容。</translation>
  </message>
  <message>
   <source>It pays and is paid; TipDesk keeps no money of its own. Connect it here:</source>
   <translation>由它付款和收款；TipDesk 自己不存钱。在这里连接：</translation>
  </message>
  <message>
   <source>It pays from {least} to {most}.</source>
   <translation>它支付 {least} 到 {most}。</translation>
  </message>
  <message>
   <source>It pays you</source>
   <translation>它付钱给你</translation>
  </message>
  <message>
   <source>It pays {amount}.</source>
   <translation>它支付 {amount}。</translation>
  </message>
  <message>
   <source>It says: {words}</source>
   <translation>它说：{words}</translation>
  </message>
  <message>
   <source>It stays on this computer, where your other secrets are kept, and is shown to nobody.</source>
   <translation>它留在这台电脑上，和你的其他秘密放在一起，不给任何人看。</translation>
  </message>
  <message>
   <source>It waits its turn.</source>
   <translation>正在排队。</translation>
  </message>
  <message>
   <source>It waits until you let it pass.</source>
   <translation>等你放行。</translation>
  </message>
  <message>
   <source>It wants to be paid for keeping it: choose another media server.</source>
   <translation>它要收费才保存：请选择另一个媒体服务器。</translation>
  </message>
  <message>
   <source>It was made on {moment}.</source>
   <translation>制作于 {moment}。</translation>
  </message>
  <message>
   <source>It was not paid again.</source>
   <translation>没有再次支付。</translation>
  </message>
  <message>
   <source>It was paid.</source>
   <translation>已支付。</translation>
  </message>
  <message>
   <source>It was shown.</source>
   <translation>已显示。</translation>
  </message>
  <message>
   <source>It will arrive, or come back to you. There is nothing to do.</source>
   <translation>它会到账，或退回给你。你什么都不用做。</translation>
  </message>
  <message>
   <source>It will arrive, or comes back by about {when} at the latest.</source>
   <translation>它会到账，或最晚约 {when} 退回。</translation>
  </message>
  <message>
   <source>It will cost {amount} and about {fee} in fees (at most {limit}).</source>
   <translation>将花费 {amount}，手续费约 {fee}（最多 {limit}）。</translation>
  </message>
  <message>
   <source>It will cost {amount} and at most {limit} in fees.</source>
   <translation>将花费 {amount}，手续费最多 {limit}。</translation>
  </message>
  <message>
   <source>It will cost {amount}, and in fees what your wallet decides.</source>
   <translation>将花费 {amount}，手续费由您的钱包决定。</translation>
  </message>
  <message>
   <source>It would</source>
   <translation>能到账</translation>
  </message>
  <message>
   <source>Its address in your profile. TipDesk need not be open.</source>
   <translation>在您的资料里写上它的地址。TipDesk 不必开着。</translation>
  </message>
  <message>
   <source>Its amount and its words are the payee's.</source>
   <translation>金额和文字由收款方决定。</translation>
  </message>
  <message>
   <source>Its domain confirms it.</source>
   <translation>它的域名已确认。</translation>
  </message>
  <message>
   <source>Its icon stays in the tray. Your node goes on: tips come in, and your channels are looked after. To end it, choose Quit in the tray's menu, or press Ctrl+Q.</source>
   <translation>图标留在托盘中。你的节点继续运行：打赏照常到账，通道有人看管。要结束，请在托盘菜单中选“退出”，或按 Ctrl+Q。</translation>
  </message>
  <message>
   <source>Its invoice cannot be paid: {why} It can be paid on chain.</source>
   <translation>它的发票无法支付：{why} 可以在链上支付。</translation>
  </message>
  <message>
   <source>Its name here: {name}</source>
   <translation>在这里的名字：{name}</translation>
  </message>
  <message>
   <source>Its receipt is not published yet.</source>
   <translation>它的收据还没有发布。</translation>
  </message>
  <message>
   <source>Its tips, messages and history go, and so do its words and keys on this machine. Nothing is paid out, and no channel is closed by it.</source>
   <translation>它的打赏、消息和历史都会消失，这台机器上它的助记词和密钥也会消失。不会付出任何钱，也不会因此关闭任何通道。</translation>
  </message>
  <message>
   <source>JSON, a line each (*.jsonl)</source>
   <translation>JSON，每行一条 (*.jsonl)</translation>
  </message>
  <message>
   <source>Just looking around</source>
   <translation>只是看看</translation>
  </message>
  <message>
   <source>Keep</source>
   <translation>保存</translation>
  </message>
  <message>
   <source>Keep it</source>
   <translation>保留</translation>
  </message>
  <message>
   <source>Keep it running</source>
   <translation>继续运行</translation>
  </message>
  <message>
   <source>Keep no second copy</source>
   <translation>不保留第二份副本</translation>
  </message>
  <message>
   <source>Keep running when the window is closed</source>
   <translation>关闭窗口后继续运行</translation>
  </message>
  <message>
   <source>Keep the note</source>
   <translation>保存备注</translation>
  </message>
  <message>
   <source>Keep the people you send money to, with every way to reach them. The book stays on this computer.</source>
   <translation>记下你汇款的对象，以及联系他们的各种方式。通讯录只留在这台电脑上。</translation>
  </message>
  <message>
   <source>Keep the rule</source>
   <translation>保存规则</translation>
  </message>
  <message>
   <source>Keep the words</source>
   <translation>保存词语</translation>
  </message>
  <message>
   <source>Keep them</source>
   <translation>保留原地址</translation>
  </message>
  <message>
   <source>Keeps to the fee limit that you see</source>
   <translation>遵守您看到的手续费上限</translation>
  </message>
  <message>
   <source>Kept back</source>
   <translation>保留</translation>
  </message>
  <message>
   <source>Kept for fees</source>
   <translation>为手续费保留</translation>
  </message>
  <message>
   <source>Kept in the private part of your mute list, which your other Nostr apps read. Tips that come in and alerts on your stream are not touched by it.</source>
   <translation>保存在静音列表的私密部分，你的其他 Nostr 应用也会读取。收到的打赏和直播提醒不受影响。</translation>
  </message>
  <message>
   <source>Key</source>
   <translation>密钥</translation>
  </message>
  <message>
   <source>Keyboard</source>
   <translation>键盘</translation>
  </message>
  <message>
   <source>Keys</source>
   <translation>按键</translation>
  </message>
  <message>
   <source>Keys and lock</source>
   <translation>密钥与锁</translation>
  </message>
  <message>
   <source>Kind</source>
   <translation>类型</translation>
  </message>
  <message>
   <source>LND's REST address, and a macaroon that may pay and make invoices: bake one with only that.</source>
   <translation>LND 的 REST 地址，以及可以付款和开发票的 macaroon：请只为此生成一个。</translation>
  </message>
  <message>
   <source>Language</source>
   <translation>语言</translation>
  </message>
  <message>
   <source>Largest amount</source>
   <translation>最大金额</translation>
  </message>
  <message>
   <source>Largest tip</source>
   <translation>最大一笔打赏</translation>
  </message>
  <message>
   <source>Last 30 days</source>
   <translation>最近 30 天</translation>
  </message>
  <message>
   <source>Last 7 days</source>
   <translation>最近 7 天</translation>
  </message>
  <message>
   <source>Last day</source>
   <translation>最后一天</translation>
  </message>
  <message>
   <source>Last day, 2026-05-03 (optional)</source>
   <translation>最后一天，2026-05-03（可选）</translation>
  </message>
  <message>
   <source>Last day, or nothing for no end</source>
   <translation>最后一天，留空则没有期限</translation>
  </message>
  <message>
   <source>Last results</source>
   <translation>最近的结果</translation>
  </message>
  <message>
   <source>Last tips</source>
   <translation>最近的打赏</translation>
  </message>
  <message>
   <source>Last year</source>
   <translation>去年</translation>
  </message>
  <message>
   <source>Later: picture {n}</source>
   <translation>后移：图片 {n}</translation>
  </message>
  <message>
   <source>Latin America</source>
   <translation>拉丁美洲</translation>
  </message>
  <message>
   <source>Learning the network's map</source>
   <translation>正在了解网络地图</translation>
  </message>
  <message>
   <source>Least amount</source>
   <translation>最小金额</translation>
  </message>
  <message>
   <source>Leave as it was</source>
   <translation>保持原样</translation>
  </message>
  <message>
   <source>Leave it empty to go on with a new one.</source>
   <translation>留空则换一把新密钥继续。</translation>
  </message>
  <message>
   <source>Leave it off</source>
   <translation>不启用</translation>
  </message>
  <message>
   <source>Leaves your wallet</source>
   <translation>从钱包支出</translation>
  </message>
  <message>
   <source>Length of the lists</source>
   <translation>列表长度</translation>
  </message>
  <message>
   <source>Less than the amount reached the receiver.</source>
   <translation>到达收款方的金额不足。</translation>
  </message>
  <message>
   <source>Less than {least} is mostly fees: a larger channel serves you longer.</source>
   <translation>少于 {least} 大多花在手续费上：更大的通道用得更久。</translation>
  </message>
  <message>
   <source>Let an app use this wallet</source>
   <translation>允许应用使用此钱包</translation>
  </message>
  <message>
   <source>Let the server of their address read the message</source>
   <translation>允许对方地址的服务器读到留言</translation>
  </message>
  <message>
   <source>Light</source>
   <translation>浅色</translation>
  </message>
  <message>
   <source>Light or dark</source>
   <translation>浅色或深色</translation>
  </message>
  <message>
   <source>Light theme</source>
   <translation>浅色主题</translation>
  </message>
  <message>
   <source>Lightning</source>
   <translation>闪电</translation>
  </message>
  <message>
   <source>Lightning address</source>
   <translation>闪电地址</translation>
  </message>
  <message>
   <source>Lightning, on chain</source>
   <translation>闪电、链上</translation>
  </message>
  <message>
   <source>Limits and safety</source>
   <translation>限额与安全</translation>
  </message>
  <message>
   <source>Link of the wallet</source>
   <translation>钱包链接</translation>
  </message>
  <message>
   <source>Link to</source>
   <translation>链接到</translation>
  </message>
  <message>
   <source>Link to somebody</source>
   <translation>链接到某人</translation>
  </message>
  <message>
   <source>Link to {host}: {text}</source>
   <translation>指向 {host} 的链接：{text}</translation>
  </message>
  <message>
   <source>Link to {name}</source>
   <translation>链接到 {name}</translation>
  </message>
  <message>
   <source>Lists</source>
   <translation>列表</translation>
  </message>
  <message>
   <source>Lists have</source>
   <translation>列表行数</translation>
  </message>
  <message>
   <source>Lists you make in other Nostr apps appear here</source>
   <translation>你在其他 Nostr 应用中建立的列表会显示在这里</translation>
  </message>
  <message>
   <source>Lock</source>
   <translation>锁定</translation>
  </message>
  <message>
   <source>Lock (Ctrl+L)</source>
   <translation>锁定 (Ctrl+L)</translation>
  </message>
  <message>
   <source>Lock TipDesk</source>
   <translation>锁定 TipDesk</translation>
  </message>
  <message>
   <source>Lock after</source>
   <translation>多久后锁定</translation>
  </message>
  <message>
   <source>Lock by itself</source>
   <translation>自动锁定</translation>
  </message>
  <message>
   <source>Lock now</source>
   <translation>立即锁定</translation>
  </message>
  <message>
   <source>Lock of the window</source>
   <translation>窗口锁</translation>
  </message>
  <message>
   <source>Log</source>
   <translation>日志</translation>
  </message>
  <message>
   <source>Log in</source>
   <translation>登录</translation>
  </message>
  <message>
   <source>Log in to {domain}</source>
   <translation>登录 {domain}</translation>
  </message>
  <message>
   <source>Long post</source>
   <translation>长文</translation>
  </message>
  <message>
   <source>Look</source>
   <translation>样式</translation>
  </message>
  <message>
   <source>Look at the address in your profile, your domain and the proxy before TipDesk.</source>
   <translation>请检查你资料中的地址、你的域名和 TipDesk 前面的代理。</translation>
  </message>
  <message>
   <source>Look at your paper, and choose with the pointer or the keys 1 to 6.</source>
   <translation>请看你的纸，用鼠标或按键 1 到 6 选择。</translation>
  </message>
  <message>
   <source>Look for it</source>
   <translation>查找</translation>
  </message>
  <message>
   <source>Look there for what holds it back, then try again.</source>
   <translation>请到那里看看是什么拦住了它，然后重试。</translation>
  </message>
  <message>
   <source>Look whether the wallet is unlocked and its server can be reached.</source>
   <translation>请检查钱包是否已解锁、它的服务器是否能连上。</translation>
  </message>
  <message>
   <source>Looking at the folders</source>
   <translation>正在查看文件夹</translation>
  </message>
  <message>
   <source>Looking at what is in it</source>
   <translation>正在查看里面有什么</translation>
  </message>
  <message>
   <source>Looking for replies …</source>
   <translation>正在查找回复 …</translation>
  </message>
  <message>
   <source>Looking for the post …</source>
   <translation>正在查找帖子 …</translation>
  </message>
  <message>
   <source>Looking for their profile …</source>
   <translation>正在查找此人的资料 …</translation>
  </message>
  <message>
   <source>Looking for what this answers …</source>
   <translation>正在查找它所回复的内容 …</translation>
  </message>
  <message>
   <source>Looking …</source>
   <translation>正在查找 …</translation>
  </message>
  <message>
   <source>MMM yyyy</source>
   <translation>yyyy年M月</translation>
  </message>
  <message>
   <source>Macaroon</source>
   <translation>Macaroon</translation>
  </message>
  <message>
   <source>Mainnet is real money, and TipDesk is young software. A fault in it, a lost profile or forgotten words, or a computer that is off for days while the other side of a channel cheats, can cost all that is in it, and nobody can bring it back. Put in only what you can afford to lose. As it comes, TipDesk takes no more than {cap} in all.</source>
   <translation>主网上是真钱，而 TipDesk 还很年轻。软件缺陷、丢失的配置或忘记的助记词、或者电脑关机多日而通道对方作弊，都可能让里面的钱全部损失，没有人能找回。只放你输得起的钱。默认情况下 TipDesk 总共最多接受 {cap}。</translation>
  </message>
  <message>
   <source>Make a new one</source>
   <translation>换一把新的</translation>
  </message>
  <message>
   <source>Make a report</source>
   <translation>生成报告</translation>
  </message>
  <message>
   <source>Make an invoice</source>
   <translation>开发票</translation>
  </message>
  <message>
   <source>Make it anew</source>
   <translation>重新生成</translation>
  </message>
  <message>
   <source>Make its link</source>
   <translation>生成链接</translation>
  </message>
  <message>
   <source>Make my wallet</source>
   <translation>创建我的钱包</translation>
  </message>
  <message>
   <source>Make new addresses</source>
   <translation>生成新地址</translation>
  </message>
  <message>
   <source>Make the link</source>
   <translation>生成链接</translation>
  </message>
  <message>
   <source>Makes no invoices for zaps: people cannot zap your address</source>
   <translation>不能为 zap 开发票：别人无法 zap 您的地址</translation>
  </message>
  <message>
   <source>Making your wallet</source>
   <translation>正在创建你的钱包</translation>
  </message>
  <message>
   <source>Many wallets come with a lightning address. Tips to it arrive there, and zaps show where that wallet signs receipts.</source>
   <translation>许多钱包自带闪电地址。打给它的赏金到那里；若该钱包签发收据，zap 也会显示。</translation>
  </message>
  <message>
   <source>Mend</source>
   <translation>需修正</translation>
  </message>
  <message>
   <source>Message</source>
   <translation>消息</translation>
  </message>
  <message>
   <source>Message to {name}</source>
   <translation>给 {name} 的消息</translation>
  </message>
  <message>
   <source>Messages</source>
   <translation>消息</translation>
  </message>
  <message>
   <source>Minutes without a key or a click.</source>
   <translation>没有按键或点击的分钟数。</translation>
  </message>
  <message>
   <source>Missed</source>
   <translation>错过</translation>
  </message>
  <message>
   <source>Money</source>
   <translation>钱</translation>
  </message>
  <message>
   <source>Money may be in it, and its words were never checked: it would be lost for good. Open it, write its words down and have them checked. It can be removed then.</source>
   <translation>里面可能有钱，而它的助记词从未核对过：钱会永远丢失。请打开它，抄下助记词并核对。之后就可以移除。</translation>
  </message>
  <message>
   <source>Money may be in the profile {name}, and its words were never checked. Open it, write its words down and have them checked in the settings. Nothing was removed.</source>
   <translation>配置 {name} 里可能有钱，而它的助记词从未核对过。请打开它，抄下助记词并在设置中核对。没有移除任何东西。</translation>
  </message>
  <message>
   <source>More about this post</source>
   <translation>关于这篇帖子的更多操作</translation>
  </message>
  <message>
   <source>More bitcoin are asked for than exist ({amount} msat in {field}).</source>
   <translation>要求的比特币比存在的还多（{field} 中为 {amount} msat）。</translation>
  </message>
  <message>
   <source>More replies</source>
   <translation>更多回复</translation>
  </message>
  <message>
   <source>More tips</source>
   <translation>更多打赏</translation>
  </message>
  <message>
   <source>Motion</source>
   <translation>动画</translation>
  </message>
  <message>
   <source>Move</source>
   <translation>移动</translation>
  </message>
  <message>
   <source>Move by a page</source>
   <translation>翻页</translation>
  </message>
  <message>
   <source>Move the words and keys</source>
   <translation>移动助记词和密钥</translation>
  </message>
  <message>
   <source>Move them</source>
   <translation>移动</translation>
  </message>
  <message>
   <source>Mute</source>
   <translation>静音</translation>
  </message>
  <message>
   <source>Mute #{tag}</source>
   <translation>静音 #{tag}</translation>
  </message>
  <message>
   <source>Mute this thread</source>
   <translation>静音这个话题</translation>
  </message>
  <message>
   <source>Mute {name}</source>
   <translation>静音 {name}</translation>
  </message>
  <message>
   <source>Muted</source>
   <translation>已静音</translation>
  </message>
  <message>
   <source>NIP-05 name</source>
   <translation>NIP-05 名字</translation>
  </message>
  <message>
   <source>Name</source>
   <translation>名字</translation>
  </message>
  <message>
   <source>Name a media server for your pictures. It learns your public key, and your network address unless a proxy keeps it. Everybody can see what it gets, and that is hard to take back.</source>
   <translation>请为你的图片填写一个媒体服务器。它会知道你的公钥，若没有代理遮挡，还会知道你的网络地址。所有人都能看到它收到的内容，而且很难收回。</translation>
  </message>
  <message>
   <source>Name a relay: it is where the app reaches TipDesk.</source>
   <translation>请写一个中继：应用通过它联系 TipDesk。</translation>
  </message>
  <message>
   <source>Name at least one chain server.</source>
   <translation>请至少填写一个链服务器。</translation>
  </message>
  <message>
   <source>Name of the app</source>
   <translation>应用名称</translation>
  </message>
  <message>
   <source>Name of the trigger</source>
   <translation>触发器的名称</translation>
  </message>
  <message>
   <source>Name or npub</source>
   <translation>名字或 npub</translation>
  </message>
  <message>
   <source>Name or npub of a person</source>
   <translation>某人的名字或 npub</translation>
  </message>
  <message>
   <source>Name, npub or name@domain</source>
   <translation>名字、npub 或 名字@域名</translation>
  </message>
  <message>
   <source>Names cannot be looked up here.</source>
   <translation>此处无法查询名称。</translation>
  </message>
  <message>
   <source>Neither the words nor the channel backup bring it back: export it now and then.</source>
   <translation>助记词和通道备份都不能恢复它：请不时导出。</translation>
  </message>
  <message>
   <source>Network fee</source>
   <translation>网络费</translation>
  </message>
  <message>
   <source>Never</source>
   <translation>从不</translation>
  </message>
  <message>
   <source>New</source>
   <translation>新的</translation>
  </message>
  <message>
   <source>New addresses …</source>
   <translation>新地址 …</translation>
  </message>
  <message>
   <source>New goal</source>
   <translation>新目标</translation>
  </message>
  <message>
   <source>New message</source>
   <translation>新消息</translation>
  </message>
  <message>
   <source>New trigger</source>
   <translation>新触发器</translation>
  </message>
  <message>
   <source>Next</source>
   <translation>接下来</translation>
  </message>
  <message>
   <source>Next and previous post</source>
   <translation>下一篇和上一篇帖子</translation>
  </message>
  <message>
   <source>Next control</source>
   <translation>下一个控件</translation>
  </message>
  <message>
   <source>Next step</source>
   <translation>下一步</translation>
  </message>
  <message>
   <source>No QR code was found in this picture. Use one that is larger or sharper.</source>
   <translation>这张图片里没有找到二维码。请用更大或更清晰的图片。</translation>
  </message>
  <message>
   <source>No answer from {relays}.</source>
   <translation>{relays} 没有回应。</translation>
  </message>
  <message>
   <source>No app is connected.</source>
   <translation>没有连接任何应用。</translation>
  </message>
  <message>
   <source>No chain server is set. In chain_servers, write {forms}.</source>
   <translation>没有设置链服务器。请在 chain_servers 中填写 {forms}。</translation>
  </message>
  <message>
   <source>No channel that you have is missing.</source>
   <translation>你的通道一条不缺。</translation>
  </message>
  <message>
   <source>No channels yet</source>
   <translation>还没有通道</translation>
  </message>
  <message>
   <source>No comment</source>
   <translation>没有留言</translation>
  </message>
  <message>
   <source>No connected peer offers to keep one. That is common, and no harm.</source>
   <translation>没有已连接的对等节点提供保存。这很常见，没有害处。</translation>
  </message>
  <message>
   <source>No copy can be kept in {folder}: {why}. The copy in the profile goes on as before. Choose another folder.</source>
   <translation>无法在 {folder} 保存副本：{why}。配置文件夹中的副本照常保留。请选择另一个文件夹。</translation>
  </message>
  <message>
   <source>No exchange rate is known that is fresh enough. Enter the amount in sat.</source>
   <translation>没有足够新的汇率。请以 sat 输入金额。</translation>
  </message>
  <message>
   <source>No fresh rate for {code}: amounts are in sat only.</source>
   <translation>没有 {code} 的新汇率：金额只以 sat 显示。</translation>
  </message>
  <message>
   <source>No fresh rate: there are no such amounts now.</source>
   <translation>没有新汇率：现在无法显示这种金额。</translation>
  </message>
  <message>
   <source>No goal</source>
   <translation>没有目标</translation>
  </message>
  <message>
   <source>No goals yet</source>
   <translation>还没有目标</translation>
  </message>
  <message>
   <source>No limit</source>
   <translation>没有限额</translation>
  </message>
  <message>
   <source>No line of the history fits all that you ask for.</source>
   <translation>历史中没有一行符合你的全部条件。</translation>
  </message>
  <message>
   <source>No media server is chosen, so nobody could see the pictures. Nothing was published. Choose one below the pictures, or take them out.</source>
   <translation>没有选择媒体服务器，所以没有人能看到图片。没有发布任何内容。请在图片下方选择一个，或取出图片。</translation>
  </message>
  <message>
   <source>No money moved, and nothing was changed.</source>
   <translation>没有动用任何钱，也没有做任何更改。</translation>
  </message>
  <message>
   <source>No money moved.</source>
   <translation>没有动用任何钱。</translation>
  </message>
  <message>
   <source>No node on the way told how long it held the payment.</source>
   <translation>途中没有节点报告付款在那里停留了多久。</translation>
  </message>
  <message>
   <source>No payments yet</source>
   <translation>还没有付款</translation>
  </message>
  <message>
   <source>No peer of yours carries private messages now, so nobody could use an offer. Wait until one is connected, or open a channel with a node that does.</source>
   <translation>你的对等节点目前都不传递私密消息，所以没有人能使用要约。请等其中一个连上，或与传递消息的节点开一条通道。</translation>
  </message>
  <message>
   <source>No picture</source>
   <translation>没有图片</translation>
  </message>
  <message>
   <source>No post has all these words. Fewer or other words may find more.</source>
   <translation>没有帖子包含所有这些词。用更少或其他的词也许能找到更多。</translation>
  </message>
  <message>
   <source>No posts yet</source>
   <translation>还没有帖子</translation>
  </message>
  <message>
   <source>No rate was known</source>
   <translation>当时没有汇率</translation>
  </message>
  <message>
   <source>No relay answered where they take private messages. Try again later.</source>
   <translation>没有中继回答对方在哪里接收私密消息。请稍后再试。</translation>
  </message>
  <message>
   <source>No relay answered, so replies are not known.</source>
   <translation>没有中继回应，因此不知道有没有回复。</translation>
  </message>
  <message>
   <source>No relay answers</source>
   <translation>没有中继回应</translation>
  </message>
  <message>
   <source>No relay could be asked for their profile</source>
   <translation>无法向任何中继查询此人的资料</translation>
  </message>
  <message>
   <source>No relay could say what this post is now, so an edit could lose something. Nothing was changed. Try again later.</source>
   <translation>没有中继能说出这篇帖子现在的内容，修改可能会丢失东西。没有做任何更改。请稍后再试。</translation>
  </message>
  <message>
   <source>No relay has it yet, so nobody else can read it. It stays in your feed here. Try again in a while: the same post is sent, never a second one.</source>
   <translation>还没有中继收到它，所以别人读不到。它留在你这里的动态中。请过一会儿再试：发送的是同一篇，绝不会发第二篇。</translation>
  </message>
  <message>
   <source>No relay is chosen, so nobody could read it. Tick one and publish again.</source>
   <translation>没有选择中继，所以没有人能读到。请勾选一个再发布。</translation>
  </message>
  <message>
   <source>No relay is connected. What you send goes out once one is.</source>
   <translation>没有连接任何中继。你发的内容会在连上一个后发出。</translation>
  </message>
  <message>
   <source>No relay of theirs took it ({said}).</source>
   <translation>对方的中继都没有收下 ({said})。</translation>
  </message>
  <message>
   <source>No relay of theirs took it.</source>
   <translation>对方的中继都没有收下。</translation>
  </message>
  <message>
   <source>No relay took it. Try again later.</source>
   <translation>没有中继收下。请稍后再试。</translation>
  </message>
  <message>
   <source>No relay took it: {said}. Try again later.</source>
   <translation>没有中继收下：{said}。请稍后再试。</translation>
  </message>
  <message>
   <source>No replies on the relays that answered</source>
   <translation>回应的中继上没有回复</translation>
  </message>
  <message>
   <source>No requests. What people write who are unknown to you waits here, without a sound.</source>
   <translation>没有请求。你不认识的人写来的消息会在这里等着，不会响铃。</translation>
  </message>
  <message>
   <source>No room yet: what you spend makes room, and so does a channel that others open to you. An address on chain takes any amount.</source>
   <translation>还没有空间：花出去的钱会腾出空间，别人向你开的通道也会。链上地址可以收任意金额。</translation>
  </message>
  <message>
   <source>No second copy is kept from now on. The file that is there stays.</source>
   <translation>从现在起不再保存第二份副本。已有的文件会留下。</translation>
  </message>
  <message>
   <source>No server</source>
   <translation>无需服务器</translation>
  </message>
  <message>
   <source>No sound</source>
   <translation>没有声音</translation>
  </message>
  <message>
   <source>No tip has set anything off.</source>
   <translation>还没有打赏触发过什么。</translation>
  </message>
  <message>
   <source>No tip is like that</source>
   <translation>没有这样的打赏</translation>
  </message>
  <message>
   <source>No tips today</source>
   <translation>今天没有打赏</translation>
  </message>
  <message>
   <source>No tips yet</source>
   <translation>还没有打赏</translation>
  </message>
  <message>
   <source>No way carries it in {maximum} parts or fewer.</source>
   <translation>分成 {maximum} 份以内，没有路能送达。</translation>
  </message>
  <message>
   <source>No way has channels that are large enough.</source>
   <translation>没有一条路的通道足够大。</translation>
  </message>
  <message>
   <source>No way through the network to the receiver was found.</source>
   <translation>在网络中没有找到通往收款方的路。</translation>
  </message>
  <message>
   <source>No way to pay them is known. Offer to send, and they can answer with an invoice; or add a lightning address, an offer or a node.</source>
   <translation>没有已知的付款方式。可以先提出要汇款，对方会用发票回复；或者添加闪电地址、要约或节点。</translation>
  </message>
  <message>
   <source>No way to reach them is written down yet: edit the entry.</source>
   <translation>还没有写下任何联系方式：请编辑条目。</translation>
  </message>
  <message>
   <source>No way was found on which a private message reaches the receiver: either your peers or theirs carry none. No money moved.</source>
   <translation>找不到能把私密消息送到收款人的路：你或对方的对等节点都不传递消息。没有动用任何钱。</translation>
  </message>
  <message>
   <source>Nobody</source>
   <translation>没有人</translation>
  </message>
  <message>
   <source>Nobody can reach your lightning address {address}. {error} Close the other program and start TipDesk again.</source>
   <translation>没有人能访问您的闪电地址 {address}。{error} 请关闭另一个程序并重新启动 TipDesk。</translation>
  </message>
  <message>
   <source>Nobody can write to you yet: you have not said where you take messages.</source>
   <translation>还没有人能写信给你：你还没有说明在哪里接收消息。</translation>
  </message>
  <message>
   <source>Nobody can write to you: you have not said where you take messages.</source>
   <translation>没有人能写信给你：你没有说明在哪里接收消息。</translation>
  </message>
  <message>
   <source>Nobody fits</source>
   <translation>没有符合的人</translation>
  </message>
  <message>
   <source>Nobody fits.</source>
   <translation>没有符合的人。</translation>
  </message>
  <message>
   <source>Nobody from TipDesk ever asks for your private key.</source>
   <translation>TipDesk 的任何人都绝不会索要你的私钥。</translation>
  </message>
  <message>
   <source>Nobody from TipDesk ever asks for your words.</source>
   <translation>TipDesk 的任何人都绝不会索要你的助记词。</translation>
  </message>
  <message>
   <source>Nobody from TipDesk will ever ask for your words or your keys.</source>
   <translation>TipDesk 的任何人都绝不会索要你的助记词或密钥。</translation>
  </message>
  <message>
   <source>Nobody has paid it yet.</source>
   <translation>还没有人支付它。</translation>
  </message>
  <message>
   <source>Nobody has paid this invoice yet.</source>
   <translation>还没有人支付这张发票。</translation>
  </message>
  <message>
   <source>Nobody is asked before: whether {name} is there shows only when it is paid.</source>
   <translation>事先不会询问任何人：{name} 在不在，付款时才知道。</translation>
  </message>
  <message>
   <source>Nobody is here yet</source>
   <translation>这里还没有人</translation>
  </message>
  <message>
   <source>Nobody is known to whom the words could go.</source>
   <translation>不知道这些话可以送给谁。</translation>
  </message>
  <message>
   <source>Nobody paid this invoice in time. Make a new one.</source>
   <translation>没有人及时支付这张发票。请开一张新的。</translation>
  </message>
  <message>
   <source>Nobody said how much the invoice is to be for.</source>
   <translation>没有人说明发票的金额。</translation>
  </message>
  <message>
   <source>Nobody signed the name in this alert: viewers see it in grey.</source>
   <translation>这条提醒中的名字没有人签名：观众看到的是灰色。</translation>
  </message>
  <message>
   <source>Nobody vouches for this server. Compare its fingerprint with the one that your node shows. Nothing secret was sent to it yet.</source>
   <translation>没有机构为此服务器担保。请将其指纹与您节点显示的指纹比较。尚未向它发送任何机密。</translation>
  </message>
  <message>
   <source>Nobody with your money. Whoever runs the domain could send payers elsewhere.</source>
   <translation>钱方面不需要信任任何人。但域名的运营者可以把付款人引到别处。</translation>
  </message>
  <message>
   <source>Nobody yet.</source>
   <translation>还没有人。</translation>
  </message>
  <message>
   <source>Nobody yet. Add somebody by their npub or name, or bring over whom you follow in another app.</source>
   <translation>还没有人。用 npub 或名字添加，或带来你在其他应用中关注的人。</translation>
  </message>
  <message>
   <source>Nobody yet. Who you write to stands here, and who writes to you with a tip.</source>
   <translation>还没有人。你写信的人和随打赏写信给你的人会显示在这里。</translation>
  </message>
  <message>
   <source>Nobody.</source>
   <translation>不需要信任任何人。</translation>
  </message>
  <message>
   <source>Node</source>
   <translation>节点</translation>
  </message>
  <message>
   <source>Node {key}</source>
   <translation>节点 {key}</translation>
  </message>
  <message>
   <source>Nodes on the way</source>
   <translation>途中的节点</translation>
  </message>
  <message>
   <source>None</source>
   <translation>无</translation>
  </message>
  <message>
   <source>None connected</source>
   <translation>未连接</translation>
  </message>
  <message>
   <source>None of the relays asked has that post, or it is of a kind not shown here.</source>
   <translation>询问过的中继都没有这篇帖子，或者它的类型不在这里显示。</translation>
  </message>
  <message>
   <source>None of the relays that were asked answered, and nothing that fits is here already. Check your connection, then ask again.</source>
   <translation>询问过的中继都没有回应，本地也没有符合的内容。请检查网络后再问一次。</translation>
  </message>
  <message>
   <source>None of your channels can send this amount.</source>
   <translation>你的通道都发送不了这个金额。</translation>
  </message>
  <message>
   <source>None of your relays knows a profile of theirs</source>
   <translation>你的中继都不知道此人的资料</translation>
  </message>
  <message>
   <source>None yet</source>
   <translation>还没有</translation>
  </message>
  <message>
   <source>None: coins alone come back.</source>
   <translation>没有：只能恢复链上的币。</translation>
  </message>
  <message>
   <source>Normal</source>
   <translation>标准</translation>
  </message>
  <message>
   <source>Normal contrast</source>
   <translation>标准对比度</translation>
  </message>
  <message>
   <source>North America</source>
   <translation>北美</translation>
  </message>
  <message>
   <source>Nostr Wallet Connect</source>
   <translation>Nostr Wallet Connect</translation>
  </message>
  <message>
   <source>Nostr key</source>
   <translation>Nostr 密钥</translation>
  </message>
  <message>
   <source>Nostr key (nsec)</source>
   <translation>Nostr 密钥 (nsec)</translation>
  </message>
  <message>
   <source>Nostr key (nsec), if you have it</source>
   <translation>Nostr 密钥 (nsec)，如果有的话</translation>
  </message>
  <message>
   <source>Nostr name</source>
   <translation>Nostr 名称</translation>
  </message>
  <message>
   <source>Not all parts of the payment arrived in time.</source>
   <translation>付款的各部分没有全部及时到达。</translation>
  </message>
  <message>
   <source>Not changed. {why}</source>
   <translation>没有更改。{why}</translation>
  </message>
  <message>
   <source>Not connected</source>
   <translation>未连接</translation>
  </message>
  <message>
   <source>Not delivered</source>
   <translation>未送达</translation>
  </message>
  <message>
   <source>Not delivered yet</source>
   <translation>尚未送达</translation>
  </message>
  <message>
   <source>Not delivered yet: {problem} TipDesk goes on trying.</source>
   <translation>尚未送达：{problem} TipDesk 会继续尝试。</translation>
  </message>
  <message>
   <source>Not delivered: {problem} You can try again.</source>
   <translation>未送达：{problem} 你可以再试一次。</translation>
  </message>
  <message>
   <source>Not open</source>
   <translation>未打开</translation>
  </message>
  <message>
   <source>Not paid</source>
   <translation>未支付</translation>
  </message>
  <message>
   <source>Not paid: {what}</source>
   <translation>未支付：{what}</translation>
  </message>
  <message>
   <source>Not published yet.</source>
   <translation>尚未发布。</translation>
  </message>
  <message>
   <source>Not reached since {time}. TipDesk goes on calling; nothing is lost.</source>
   <translation>自 {time} 起联系不上。TipDesk 会继续呼叫；什么都没有丢失。</translation>
  </message>
  <message>
   <source>Not sent yet. No money has moved.</source>
   <translation>尚未发送。还没有动用任何钱。</translation>
  </message>
  <message>
   <source>Not set up</source>
   <translation>未设置</translation>
  </message>
  <message>
   <source>Not shown in the feed, in threads, in searches</source>
   <translation>不在动态、话题和搜索中显示</translation>
  </message>
  <message>
   <source>Not there. It is written when a channel is opened or closed.</source>
   <translation>还没有。打开或关闭通道时会写入。</translation>
  </message>
  <message>
   <source>Not used yet</source>
   <translation>尚未使用</translation>
  </message>
  <message>
   <source>Note</source>
   <translation>短文</translation>
  </message>
  <message>
   <source>Note on a tip</source>
   <translation>打赏的备注</translation>
  </message>
  <message>
   <source>Note on the tip of {amount}</source>
   <translation>{amount} 打赏的备注</translation>
  </message>
  <message>
   <source>Note, which only you see</source>
   <translation>备注，只有你能看到</translation>
  </message>
  <message>
   <source>Note: {note}</source>
   <translation>备注：{note}</translation>
  </message>
  <message>
   <source>Notes</source>
   <translation>备注</translation>
  </message>
  <message>
   <source>Nothing</source>
   <translation>无</translation>
  </message>
  <message>
   <source>Nothing came in yet</source>
   <translation>还没有收入</translation>
  </message>
  <message>
   <source>Nothing can be spent right now: the other side of your channels is away. Try again once it is back.</source>
   <translation>现在没有可花的钱：你通道的对方不在线。请等它回来后再试。</translation>
  </message>
  <message>
   <source>Nothing fits</source>
   <translation>没有符合的</translation>
  </message>
  <message>
   <source>Nothing fits. Try fewer letters.</source>
   <translation>没有符合的。请少输几个字。</translation>
  </message>
  <message>
   <source>Nothing found</source>
   <translation>什么都没找到</translation>
  </message>
  <message>
   <source>Nothing has moved yet</source>
   <translation>还没有任何收支</translation>
  </message>
  <message>
   <source>Nothing is muted</source>
   <translation>没有静音任何内容</translation>
  </message>
  <message>
   <source>Nothing is on air, and nothing waits.</source>
   <translation>没有正在显示的，也没有等待的。</translation>
  </message>
  <message>
   <source>Nothing is published, and nothing is sent to them.</source>
   <translation>没有公开任何东西，也没有给它们发送任何东西。</translation>
  </message>
  <message>
   <source>Nothing is published. The node itself reads your words; nodes between do not.</source>
   <translation>不会发布任何内容。收款节点自己能读到你的留言；中间的节点不能。</translation>
  </message>
  <message>
   <source>Nothing is published. Their payment server sees your internet address, the amount and your words.</source>
   <translation>不会发布任何内容。对方的付款服务器会看到你的网络地址、金额和你的留言。</translation>
  </message>
  <message>
   <source>Nothing is published; your words go encrypted to the recipient alone, and relays see that somebody wrote to them; their payment server sees your internet address and the amount.</source>
   <translation>不会发布任何内容；你的留言加密后只发给收款人，中继能看到有人写信给此人；对方的付款服务器会看到你的网络地址和金额。</translation>
  </message>
  <message>
   <source>Nothing leaves TipDesk another way, and names are looked up by the proxy. With Tor, each server has a circuit of its own. Your own network is reached directly, by IP address; links open in your browser, which goes its own way.</source>
   <translation>TipDesk 的任何数据都不走别的路，名称也由代理查询。使用 Tor 时，每个服务器各走一条线路。你自己的网络按 IP 地址直接访问；链接在浏览器中打开，浏览器自走其路。</translation>
  </message>
  <message>
   <source>Nothing new: you follow here whom your public list names.</source>
   <translation>没有新的：你在这里关注的就是你公开列表中的人。</translation>
  </message>
  <message>
   <source>Nothing says who sent it, unless you write it.</source>
   <translation>没有任何信息说明是谁汇的，除非你自己写上。</translation>
  </message>
  <message>
   <source>Nothing told {name} that it was you. A private message can prove it to them: they learn your npub by it.</source>
   <translation>没有任何信息告诉 {name} 是你付的。一条私信可以向对方证明：对方会因此知道你的 npub。</translation>
  </message>
  <message>
   <source>Nothing was done: {why}.</source>
   <translation>什么也没有做：{why}。</translation>
  </message>
  <message>
   <source>Nothing was paid: {why}.</source>
   <translation>没有付款：{why}。</translation>
  </message>
  <message>
   <source>Nothing was published.</source>
   <translation>没有发布任何内容。</translation>
  </message>
  <message>
   <source>Nothing was saved yet: look at what is marked.</source>
   <translation>还没有保存任何内容：请看标出的地方。</translation>
  </message>
  <message>
   <source>Nothing written yet</source>
   <translation>还没有写过什么</translation>
  </message>
  <message>
   <source>Nothing yet.</source>
   <translation>还没有。</translation>
  </message>
  <message>
   <source>Nothing yet. Tips to and from their npub stand here, and what you send them.</source>
   <translation>还没有记录。与对方 npub 之间的打赏，以及你给对方的汇款，都会列在这里。</translation>
  </message>
  <message>
   <source>Notifications</source>
   <translation>通知</translation>
  </message>
  <message>
   <source>Now</source>
   <translation>现在</translation>
  </message>
  <message>
   <source>OBS needs the new addresses when it changes.</source>
   <translation>更改后 OBS 需要新的地址。</translation>
  </message>
  <message>
   <source>Off</source>
   <translation>关闭</translation>
  </message>
  <message>
   <source>Off until you turn it on. Earlier tips do nothing.</source>
   <translation>在你启用之前不起作用。以前的打赏不会触发。</translation>
  </message>
  <message>
   <source>Offer</source>
   <translation>要约</translation>
  </message>
  <message>
   <source>Offer to send</source>
   <translation>提出汇款</translation>
  </message>
  <message>
   <source>Offers in {currency} cannot be invoiced here.</source>
   <translation>此处无法为以 {currency} 计价的要约开发票。</translation>
  </message>
  <message>
   <source>On</source>
   <translation>已启用</translation>
  </message>
  <message>
   <source>On air</source>
   <translation>正在显示</translation>
  </message>
  <message>
   <source>On another disk or in a synced folder. The file is encrypted by your words.</source>
   <translation>放在另一块磁盘或同步文件夹中。文件由你的助记词加密。</translation>
  </message>
  <message>
   <source>On chain</source>
   <translation>链上</translation>
  </message>
  <message>
   <source>On chain there are whole sats only. Write an amount without a point.</source>
   <translation>链上只有整数聪。请输入不带小数点的金额。</translation>
  </message>
  <message>
   <source>On chain, unconfirmed</source>
   <translation>链上，未确认</translation>
  </message>
  <message>
   <source>On its way</source>
   <translation>正在途中</translation>
  </message>
  <message>
   <source>On its way.</source>
   <translation>正在送达。</translation>
  </message>
  <message>
   <source>On no relay yet</source>
   <translation>还没有在任何中继上</translation>
  </message>
  <message>
   <source>On the terminal that TipDesk was started from; the last lines are in the report.</source>
   <translation>在启动 TipDesk 的终端里；最后几行在报告中。</translation>
  </message>
  <message>
   <source>On their way</source>
   <translation>正在送达</translation>
  </message>
  <message>
   <source>On this machine</source>
   <translation>在这台机器上</translation>
  </message>
  <message>
   <source>One change at a time: the one before is on its way to the relays.</source>
   <translation>一次只能改一处：上一处更改正在发往中继。</translation>
  </message>
  <message>
   <source>One in each line; a * at the end stands for any ending. It is a sieve, not a wall: to be sure, hold alerts until you have read them.</source>
   <translation>每行一个；末尾的 * 代表任何结尾。这是筛子，不是墙：要万无一失，请先留住提醒，读过再放行。</translation>
  </message>
  <message>
   <source>One moment</source>
   <translation>请稍候</translation>
  </message>
  <message>
   <source>One of the answers is another word. Compare what you wrote with the words, then try again.</source>
   <translation>有一个答案不对。请把你抄写的与助记词对照后再试。</translation>
  </message>
  <message>
   <source>One press tips {figures} sat</source>
   <translation>一键打赏 {figures} sat</translation>
  </message>
  <message>
   <source>One tip of up to {amount} can come in now; larger ones fail.</source>
   <translation>现在最多能收一笔 {amount} 的打赏；更大的会失败。</translation>
  </message>
  <message>
   <source>One you have</source>
   <translation>您已有的</translation>
  </message>
  <message>
   <source>Onion addresses</source>
   <translation>洋葱地址</translation>
  </message>
  <message>
   <source>Onion addresses are reached through the proxy. Everybody else you connect to learns your network address.</source>
   <translation>洋葱地址通过代理访问。你连接的其他各方都能看到你的网络地址。</translation>
  </message>
  <message>
   <source>Online</source>
   <translation>在线</translation>
  </message>
  <message>
   <source>Only a message that was not delivered can be sent again.</source>
   <translation>只有未送达的消息可以重新发送。</translation>
  </message>
  <message>
   <source>Only a post of your own can be changed or deleted. Nothing was changed.</source>
   <translation>只能修改或删除你自己的帖子。没有做任何更改。</translation>
  </message>
  <message>
   <source>Only a settled payment for an offer can be proved to others in this way.</source>
   <translation>只有为要约完成的付款才能这样向他人证明。</translation>
  </message>
  <message>
   <source>Only a tip that was cancelled or has certainly failed can be sent again.</source>
   <translation>只有已取消或确定失败的打赏可以重新发送。</translation>
  </message>
  <message>
   <source>Only be paid</source>
   <translation>仅收款</translation>
  </message>
  <message>
   <source>Only look</source>
   <translation>仅查看</translation>
  </message>
  <message>
   <source>Only the words bring its coins back, and they were never checked. Without them whatever it has on chain is lost for good.</source>
   <translation>只有助记词能找回它的币，而助记词从未核对过。没有助记词，它在链上的一切都会永远丢失。</translation>
  </message>
  <message>
   <source>Only the words bring its coins back. They were checked once: be sure to have them.</source>
   <translation>只有助记词能找回它的币。助记词核对过一次：请确认你还保有它们。</translation>
  </message>
  <message>
   <source>Only the words of this wallet bring its money back if the computer is lost. Writing them down takes two minutes.</source>
   <translation>如果电脑丢失，只有这个钱包的助记词能找回钱。抄下来只要两分钟。</translation>
  </message>
  <message>
   <source>Only what is here already was searched: none of your relays says that it can search. A search relay can be added under Settings, Privacy.</source>
   <translation>只搜索了本地已有的内容：你的中继都没有表示支持搜索。可以在“设置、隐私”中添加搜索中继。</translation>
  </message>
  <message>
   <source>Only you see them</source>
   <translation>只有你能看到</translation>
  </message>
  <message>
   <source>Only you see this. It is found by the search.</source>
   <translation>只有你能看到。可以搜索到。</translation>
  </message>
  <message>
   <source>Only {answered} of {asked} relays answered, and the latest version is not known here. Nothing was published, so that nothing is lost. Try again later.</source>
   <translation>{asked} 个中继中只有 {answered} 个回应，这里不知道最新的版本。为了不丢失任何东西，没有发布任何内容。请稍后再试。</translation>
  </message>
  <message>
   <source>Only {who} can read it, and keeps it. Relays see that somebody wrote to them, not who, nor what.</source>
   <translation>只有 {who} 能读到，并会保留它。中继能看到有人写信给此人，但看不到是谁、写了什么。</translation>
  </message>
  <message>
   <source>Open</source>
   <translation>打开</translation>
  </message>
  <message>
   <source>Open TipDesk to see what happened and what to do.</source>
   <translation>打开 TipDesk 看看发生了什么、该怎么做。</translation>
  </message>
  <message>
   <source>Open a channel</source>
   <translation>打开通道</translation>
  </message>
  <message>
   <source>Open a channel, or wait until its other side is back.</source>
   <translation>请打开一条通道，或等待它的对方回来。</translation>
  </message>
  <message>
   <source>Open again:</source>
   <translation>再次打开：</translation>
  </message>
  <message>
   <source>Open another profile</source>
   <translation>打开另一个配置</translation>
  </message>
  <message>
   <source>Open another, make one, or bring one back</source>
   <translation>打开另一个、新建一个，或找回一个</translation>
  </message>
  <message>
   <source>Open in the browser</source>
   <translation>在浏览器中打开</translation>
  </message>
  <message>
   <source>Open it</source>
   <translation>打开</translation>
  </message>
  <message>
   <source>Open it again</source>
   <translation>再次打开</translation>
  </message>
  <message>
   <source>Open it with the words</source>
   <translation>用助记词打开</translation>
  </message>
  <message>
   <source>Open now</source>
   <translation>已打开</translation>
  </message>
  <message>
   <source>Open the link</source>
   <translation>打开链接</translation>
  </message>
  <message>
   <source>Open what is written here</source>
   <translation>打开这里写的内容</translation>
  </message>
  <message>
   <source>Open {address} in the browser</source>
   <translation>在浏览器中打开 {address}</translation>
  </message>
  <message>
   <source>Open {times}</source>
   <translation>已打开 {times}</translation>
  </message>
  <message>
   <source>Opening</source>
   <translation>正在打开</translation>
  </message>
  <message>
   <source>Opening a channel with the first routing node</source>
   <translation>正在与第一个路由节点打开通道</translation>
  </message>
  <message>
   <source>Opening your practice wallet</source>
   <translation>正在打开你的练习钱包</translation>
  </message>
  <message>
   <source>Opening …</source>
   <translation>正在打开 …</translation>
  </message>
  <message>
   <source>Opens the newest backup with this profile's words. Nothing is changed or sent.</source>
   <translation>用这个配置的助记词打开最新的备份。不做任何更改，也不发送任何东西。</translation>
  </message>
  <message>
   <source>Other apps</source>
   <translation>其他应用</translation>
  </message>
  <message>
   <source>Other apps read {most} relays of a list at most. Drop one first.</source>
   <translation>其他应用最多读取一个列表中的 {most} 个中继。请先移除一个。</translation>
  </message>
  <message>
   <source>Others find what you write where you write, and leave what names you where you read. Everybody can see this list; two to four of each are enough.</source>
   <translation>别人在你写入的地方找到你写的内容，在你读取的地方留下提到你的内容。所有人都能看到这个列表；写入和读取各两到四个就够了。</translation>
  </message>
  <message>
   <source>Others leave messages for you at these relays, and nowhere else. Everybody can see this list; the relays see that somebody wrote to you, not who, nor what. One to three are enough.</source>
   <translation>别人把给你的消息留在这些中继，不留在别处。所有人都能看到这个列表；中继能看到有人写信给你，但看不到是谁、写了什么。一到三个就够了。</translation>
  </message>
  <message>
   <source>Others see it once its domain says that it is yours.</source>
   <translation>等它的域名说它属于你，别人才会看到。</translation>
  </message>
  <message>
   <source>Our node</source>
   <translation>我们的节点</translation>
  </message>
  <message>
   <source>Ours {amount}</source>
   <translation>我方 {amount}</translation>
  </message>
  <message>
   <source>Ours {ours}, theirs {theirs}</source>
   <translation>我方 {ours}，对方 {theirs}</translation>
  </message>
  <message>
   <source>Out</source>
   <translation>支出</translation>
  </message>
  <message>
   <source>Overlay for OBS</source>
   <translation>OBS 叠加层</translation>
  </message>
  <message>
   <source>Paid</source>
   <translation>已支付</translation>
  </message>
  <message>
   <source>Paid {amount}, {fee}.</source>
   <translation>已支付 {amount}，{fee}。</translation>
  </message>
  <message>
   <source>Paid, with {fee} in fees.</source>
   <translation>已支付，手续费 {fee}。</translation>
  </message>
  <message>
   <source>Paid.</source>
   <translation>已支付。</translation>
  </message>
  <message>
   <source>Paid: {amount}, and {fee} in fees.</source>
   <translation>已支付：{amount}，手续费 {fee}。</translation>
  </message>
  <message>
   <source>Panels</source>
   <translation>面板</translation>
  </message>
  <message>
   <source>Part {n}: {amount}</source>
   <translation>第 {n} 份：{amount}</translation>
  </message>
  <message>
   <source>Passphrase</source>
   <translation>密码短语</translation>
  </message>
  <message>
   <source>Passphrase of the file</source>
   <translation>文件的密码短语</translation>
  </message>
  <message>
   <source>Passphrase of the file, again</source>
   <translation>再次输入文件的密码短语</translation>
  </message>
  <message>
   <source>Passphrase of the lock</source>
   <translation>锁的密码短语</translation>
  </message>
  <message>
   <source>Passphrase, again</source>
   <translation>再次输入密码短语</translation>
  </message>
  <message>
   <source>Password</source>
   <translation>密码</translation>
  </message>
  <message>
   <source>Paste</source>
   <translation>粘贴</translation>
  </message>
  <message>
   <source>Paste a link</source>
   <translation>粘贴链接</translation>
  </message>
  <message>
   <source>Paste an invoice: it begins with lnbc</source>
   <translation>请粘贴发票：以 lnbc 开头</translation>
  </message>
  <message>
   <source>Paste an npub, a lightning address, a ₿ name, an offer or a node's key</source>
   <translation>粘贴 npub、闪电地址、₿ 名称、要约或节点公钥</translation>
  </message>
  <message>
   <source>Paste anything that leads to them</source>
   <translation>粘贴任何能找到对方的信息</translation>
  </message>
  <message>
   <source>Pause between alerts</source>
   <translation>提醒之间的间隔</translation>
  </message>
  <message>
   <source>Pay</source>
   <translation>支付</translation>
  </message>
  <message>
   <source>Pay again</source>
   <translation>再次支付</translation>
  </message>
  <message>
   <source>Pay and be paid</source>
   <translation>付款和收款</translation>
  </message>
  <message>
   <source>Pay the rest again</source>
   <translation>再次支付其余的</translation>
  </message>
  <message>
   <source>Pay with this wallet</source>
   <translation>用此钱包支付</translation>
  </message>
  <message>
   <source>Pay with {name}</source>
   <translation>用 {name} 支付</translation>
  </message>
  <message>
   <source>Pay {amount}</source>
   <translation>支付 {amount}</translation>
  </message>
  <message>
   <source>Pay {what} again</source>
   <translation>再次支付：{what}</translation>
  </message>
  <message>
   <source>Paying</source>
   <translation>正在支付</translation>
  </message>
  <message>
   <source>Paying {amount}</source>
   <translation>正在支付 {amount}</translation>
  </message>
  <message>
   <source>Paying {what}</source>
   <translation>正在支付 {what}</translation>
  </message>
  <message>
   <source>Paying …</source>
   <translation>正在支付 …</translation>
  </message>
  <message>
   <source>Payment</source>
   <translation>付款</translation>
  </message>
  <message>
   <source>Payment name</source>
   <translation>支付名</translation>
  </message>
  <message>
   <source>Payment names</source>
   <translation>支付名</translation>
  </message>
  <message>
   <source>Payment names are looked up there from now on.</source>
   <translation>今后在那里查询支付名。</translation>
  </message>
  <message>
   <source>Payment page of {server}</source>
   <translation>{server} 的付款页面</translation>
  </message>
  <message>
   <source>Payments</source>
   <translation>付款</translation>
  </message>
  <message>
   <source>Pays</source>
   <translation>支付中</translation>
  </message>
  <message>
   <source>Pays tips and invoices</source>
   <translation>支付打赏和发票</translation>
  </message>
  <message>
   <source>Peer away</source>
   <translation>对方离线</translation>
  </message>
  <message>
   <source>Peer offline</source>
   <translation>对方离线</translation>
  </message>
  <message>
   <source>People</source>
   <translation>联系人</translation>
  </message>
  <message>
   <source>People you follow</source>
   <translation>你关注的人</translation>
  </message>
  <message>
   <source>Person to person</source>
   <translation>个人对个人</translation>
  </message>
  <message>
   <source>Picture</source>
   <translation>图片</translation>
  </message>
  <message>
   <source>Picture and sound</source>
   <translation>图片和声音</translation>
  </message>
  <message>
   <source>Picture of a code</source>
   <translation>码的图片</translation>
  </message>
  <message>
   <source>Picture {number}</source>
   <translation>图片 {number}</translation>
  </message>
  <message>
   <source>Picture {place} of {shown}. {alt}</source>
   <translation>第 {place} 张图片，共 {shown} 张。{alt}</translation>
  </message>
  <message>
   <source>Pictures</source>
   <translation>图片</translation>
  </message>
  <message>
   <source>Pictures and covers</source>
   <translation>图片与遮盖</translation>
  </message>
  <message>
   <source>Pictures for your post</source>
   <translation>帖子的图片</translation>
  </message>
  <message>
   <source>Pictures go to {host} when you publish, where everybody can see them. Place, time and camera are taken out before.</source>
   <translation>发布时图片会传到 {host}，所有人都能在那里看到。地点、时间和相机信息会事先去除。</translation>
  </message>
  <message>
   <source>Pictures of a post</source>
   <translation>帖子的图片</translation>
  </message>
  <message>
   <source>Pictures of your post</source>
   <translation>你帖子中的图片</translation>
  </message>
  <message>
   <source>Pictures you publish</source>
   <translation>你发布的图片</translation>
  </message>
  <message>
   <source>Place</source>
   <translation>位置</translation>
  </message>
  <message>
   <source>Port</source>
   <translation>端口</translation>
  </message>
  <message>
   <source>Post before</source>
   <translation>上一篇</translation>
  </message>
  <message>
   <source>Post by {name}</source>
   <translation>{name} 的帖子</translation>
  </message>
  <message>
   <source>Post by {name}, {ago}</source>
   <translation>{name} 的帖子，{ago}</translation>
  </message>
  <message>
   <source>Post by {name}, {when}</source>
   <translation>{name} 的帖子，{when}</translation>
  </message>
  <message>
   <source>Post pictures</source>
   <translation>发布图片</translation>
  </message>
  <message>
   <source>Posts</source>
   <translation>帖子</translation>
  </message>
  <message>
   <source>Posts appear here as relays answer.</source>
   <translation>中继回应后帖子会显示在这里。</translation>
  </message>
  <message>
   <source>Posts of the people you follow come in here as soon as a relay sends them.</source>
   <translation>你关注的人的帖子会在中继送来后立即显示在这里。</translation>
  </message>
  <message>
   <source>Posts of {name}</source>
   <translation>{name} 的帖子</translation>
  </message>
  <message>
   <source>Posts, follows and public tips belong to a Nostr key. It has nothing to do with your money.</source>
   <translation>帖子、关注和公开打赏都属于一把 Nostr 密钥。它与你的钱无关。</translation>
  </message>
  <message>
   <source>Practice</source>
   <translation>练习</translation>
  </message>
  <message>
   <source>Practice coins</source>
   <translation>练习币</translation>
  </message>
  <message>
   <source>Preparing</source>
   <translation>准备中</translation>
  </message>
  <message numerus="yes">
   <source>Preparing {count} pictures …</source>
   <translation>
    <numerusform>正在准备 {count} 张图片 …</numerusform>
   </translation>
  </message>
  <message>
   <source>Press / to search, Escape to come back</source>
   <translation>按 / 搜索，按 Esc 返回</translation>
  </message>
  <message>
   <source>Preview</source>
   <translation>预览</translation>
  </message>
  <message>
   <source>Privacy</source>
   <translation>隐私</translation>
  </message>
  <message>
   <source>Private</source>
   <translation>私密</translation>
  </message>
  <message>
   <source>Private key</source>
   <translation>私钥</translation>
  </message>
  <message>
   <source>Private key (nsec)</source>
   <translation>私钥 (nsec)</translation>
  </message>
  <message>
   <source>Private messages</source>
   <translation>私密消息</translation>
  </message>
  <message>
   <source>Profile</source>
   <translation>资料</translation>
  </message>
  <message>
   <source>Profiles</source>
   <translation>配置</translation>
  </message>
  <message>
   <source>Program</source>
   <translation>程序</translation>
  </message>
  <message>
   <source>Public</source>
   <translation>公开</translation>
  </message>
  <message>
   <source>Public key (npub)</source>
   <translation>公钥 (npub)</translation>
  </message>
  <message>
   <source>Publish</source>
   <translation>发布</translation>
  </message>
  <message>
   <source>Publish the goal</source>
   <translation>发布目标</translation>
  </message>
  <message>
   <source>Published with your new profile. Leave it empty and nothing is published.</source>
   <translation>会随你的新资料一起发布。留空则什么都不发布。</translation>
  </message>
  <message>
   <source>Published. All else in your profile stays as it was.</source>
   <translation>已发布。资料中的其余内容保持不变。</translation>
  </message>
  <message>
   <source>Published: you read {url}.</source>
   <translation>已发布：你读取 {url}。</translation>
  </message>
  <message>
   <source>Published: you write to and read {url}.</source>
   <translation>已发布：你写入并读取 {url}。</translation>
  </message>
  <message>
   <source>Published: you write to {url}.</source>
   <translation>已发布：你写入 {url}。</translation>
  </message>
  <message>
   <source>Published: {url} is in your list no more.</source>
   <translation>已发布：{url} 已不在你的列表中。</translation>
  </message>
  <message>
   <source>Publishing …</source>
   <translation>正在发布 …</translation>
  </message>
  <message>
   <source>Put the steps away</source>
   <translation>收起这些步骤</translation>
  </message>
  <message>
   <source>Putting it back</source>
   <translation>正在放回</translation>
  </message>
  <message>
   <source>Quiet from</source>
   <translation>安静时段，从</translation>
  </message>
  <message>
   <source>Quiet until</source>
   <translation>安静时段，到</translation>
  </message>
  <message>
   <source>Quit</source>
   <translation>退出</translation>
  </message>
  <message>
   <source>Quit TipDesk</source>
   <translation>退出 TipDesk</translation>
  </message>
  <message>
   <source>Quit now</source>
   <translation>立即退出</translation>
  </message>
  <message>
   <source>R</source>
   <translation>R</translation>
  </message>
  <message>
   <source>Rate</source>
   <translation>汇率</translation>
  </message>
  <message>
   <source>Reached</source>
   <translation>已达成</translation>
  </message>
  <message>
   <source>Read</source>
   <translation>读</translation>
  </message>
  <message>
   <source>Read it aloud with {speaker}</source>
   <translation>用 {speaker} 朗读</translation>
  </message>
  <message>
   <source>Read on</source>
   <translation>继续阅读</translation>
  </message>
  <message>
   <source>Read {shown}</source>
   <translation>读取 {shown}</translation>
  </message>
  <message>
   <source>Ready</source>
   <translation>就绪</translation>
  </message>
  <message>
   <source>Really delete it</source>
   <translation>确认删除</translation>
  </message>
  <message>
   <source>Receipt</source>
   <translation>收据</translation>
  </message>
  <message>
   <source>Receipt out</source>
   <translation>收据已发布</translation>
  </message>
  <message>
   <source>Receipt seen</source>
   <translation>已见收据</translation>
  </message>
  <message>
   <source>Receive</source>
   <translation>收款</translation>
  </message>
  <message>
   <source>Receive another payment</source>
   <translation>再收一笔款</translation>
  </message>
  <message>
   <source>Receive money</source>
   <translation>收款</translation>
  </message>
  <message>
   <source>Received</source>
   <translation>已收到</translation>
  </message>
  <message>
   <source>Received for your offer. It does not say who sent it.</source>
   <translation>因你的要约收到。它没有说明是谁付的。</translation>
  </message>
  <message>
   <source>Received {amount} from {who}. {comment}</source>
   <translation>从 {who} 收到 {amount}。{comment}</translation>
  </message>
  <message>
   <source>Received.</source>
   <translation>已收到。</translation>
  </message>
  <message>
   <source>Receiving</source>
   <translation>接收</translation>
  </message>
  <message>
   <source>Reduced</source>
   <translation>减少</translation>
  </message>
  <message>
   <source>Reduced: lists jump and nothing flies.</source>
   <translation>减少：列表直接跳转，没有飞行动画。</translation>
  </message>
  <message>
   <source>Refuse</source>
   <translation>拒绝</translation>
  </message>
  <message>
   <source>Refuse and tell them</source>
   <translation>拒绝并告诉对方</translation>
  </message>
  <message>
   <source>Refuse quietly</source>
   <translation>悄悄拒绝</translation>
  </message>
  <message>
   <source>Refuse the request</source>
   <translation>拒绝这个请求</translation>
  </message>
  <message>
   <source>Refuse the request?</source>
   <translation>拒绝这个请求？</translation>
  </message>
  <message>
   <source>Refused</source>
   <translation>已拒绝</translation>
  </message>
  <message>
   <source>Region</source>
   <translation>地区</translation>
  </message>
  <message>
   <source>Relay to search at</source>
   <translation>用于搜索的中继</translation>
  </message>
  <message>
   <source>Relays</source>
   <translation>中继</translation>
  </message>
  <message>
   <source>Relays asked to search</source>
   <translation>用于搜索的中继</translation>
  </message>
  <message>
   <source>Relays it is reached over</source>
   <translation>联系它的中继</translation>
  </message>
  <message>
   <source>Relays, one a line</source>
   <translation>中继，每行一个</translation>
  </message>
  <message>
   <source>Remind me tomorrow</source>
   <translation>明天再提醒我</translation>
  </message>
  <message>
   <source>Remove</source>
   <translation>移除</translation>
  </message>
  <message>
   <source>Remove from your people</source>
   <translation>从联系人中移除</translation>
  </message>
  <message>
   <source>Remove it</source>
   <translation>移除</translation>
  </message>
  <message>
   <source>Remove the profile {name}</source>
   <translation>移除配置 {name}</translation>
  </message>
  <message>
   <source>Remove them?</source>
   <translation>要移除吗？</translation>
  </message>
  <message>
   <source>Remove this rule</source>
   <translation>移除这条规则</translation>
  </message>
  <message>
   <source>Remove {name}</source>
   <translation>移除 {name}</translation>
  </message>
  <message>
   <source>Remove {name}?</source>
   <translation>要移除 {name} 吗？</translation>
  </message>
  <message>
   <source>Reply</source>
   <translation>回复</translation>
  </message>
  <message>
   <source>Reply to the tip</source>
   <translation>回复打赏</translation>
  </message>
  <message>
   <source>Reply to {name}</source>
   <translation>回复 {name}</translation>
  </message>
  <message>
   <source>Reply to {name} in private</source>
   <translation>私下回复 {name}</translation>
  </message>
  <message>
   <source>Report for whoever helps you</source>
   <translation>给帮助你的人的报告</translation>
  </message>
  <message>
   <source>Requests</source>
   <translation>请求</translation>
  </message>
  <message>
   <source>Reserve</source>
   <translation>储备</translation>
  </message>
  <message>
   <source>Restore a lost wallet from its words</source>
   <translation>用助记词恢复丢失的钱包</translation>
  </message>
  <message>
   <source>Revoke</source>
   <translation>撤销</translation>
  </message>
  <message>
   <source>Revoke it</source>
   <translation>撤销</translation>
  </message>
  <message>
   <source>Revoke {name}</source>
   <translation>撤销 {name}</translation>
  </message>
  <message>
   <source>Revoke {name}?</source>
   <translation>撤销 {name}？</translation>
  </message>
  <message>
   <source>Revoked {ago}</source>
   <translation>撤销于 {ago}</translation>
  </message>
  <message>
   <source>Route</source>
   <translation>路由</translation>
  </message>
  <message>
   <source>Rule</source>
   <translation>规则</translation>
  </message>
  <message>
   <source>Rules</source>
   <translation>规则</translation>
  </message>
  <message>
   <source>Rune</source>
   <translation>Rune</translation>
  </message>
  <message>
   <source>Running</source>
   <translation>运行</translation>
  </message>
  <message>
   <source>Safety</source>
   <translation>安全</translation>
  </message>
  <message>
   <source>Save</source>
   <translation>保存</translation>
  </message>
  <message>
   <source>Save the report</source>
   <translation>保存报告</translation>
  </message>
  <message>
   <source>Say how many: the offer is for one or more.</source>
   <translation>请写数量：这份要约可以买一份或多份。</translation>
  </message>
  <message>
   <source>Say how much is to be paid: the offer does not, in bitcoin.</source>
   <translation>请写明要付多少：要约没有以比特币写明。</translation>
  </message>
  <message>
   <source>Say thanks</source>
   <translation>道谢</translation>
  </message>
  <message>
   <source>Say why, if you like</source>
   <translation>愿意的话，说明原因</translation>
  </message>
  <message>
   <source>Scan it with the app or paste it there. It is shown this once, and TipDesk does not keep it.</source>
   <translation>用该应用扫描，或粘贴到那里。它只显示这一次，TipDesk 不会保存。</translation>
  </message>
  <message>
   <source>Search</source>
   <translation>搜索</translation>
  </message>
  <message>
   <source>Search all tips by name, comment or note</source>
   <translation>按名字、留言或备注搜索全部打赏</translation>
  </message>
  <message>
   <source>Search conversations by name or last words</source>
   <translation>按名字或最后的话搜索对话</translation>
  </message>
  <message>
   <source>Search for a command or somebody, or paste a link</source>
   <translation>搜索命令或某人，或粘贴链接</translation>
  </message>
  <message>
   <source>Search for another name.</source>
   <translation>请搜索别的名字。</translation>
  </message>
  <message>
   <source>Search for less, or clear the filter.</source>
   <translation>请少输一些搜索词，或清除筛选。</translation>
  </message>
  <message>
   <source>Search name, comment or note</source>
   <translation>搜索名字、留言或备注</translation>
  </message>
  <message>
   <source>Search names</source>
   <translation>搜索名字</translation>
  </message>
  <message>
   <source>Search names and last words</source>
   <translation>搜索名字和最后的话</translation>
  </message>
  <message>
   <source>Search people</source>
   <translation>搜索联系人</translation>
  </message>
  <message>
   <source>Search people by name, address or notes</source>
   <translation>按名字、地址或备注搜索联系人</translation>
  </message>
  <message>
   <source>Search posts and people</source>
   <translation>搜索帖子和人</translation>
  </message>
  <message>
   <source>Search relays</source>
   <translation>搜索中继</translation>
  </message>
  <message>
   <source>Search the words</source>
   <translation>搜索文字</translation>
  </message>
  <message>
   <source>Search whom you follow by name</source>
   <translation>按名字搜索你关注的人</translation>
  </message>
  <message>
   <source>Search whom you follow, or add somebody</source>
   <translation>搜索你关注的人，或添加某人</translation>
  </message>
  <message>
   <source>Search, or add: npub, link, name@domain</source>
   <translation>搜索或添加：npub、链接、名字@域名</translation>
  </message>
  <message>
   <source>Search: words, #hashtag, npub, name@domain</source>
   <translation>搜索：词语、#话题、npub、名字@域名</translation>
  </message>
  <message>
   <source>Second amount</source>
   <translation>第二个金额</translation>
  </message>
  <message>
   <source>Second copy</source>
   <translation>第二份副本</translation>
  </message>
  <message>
   <source>Secret of the webhooks</source>
   <translation>Webhook 的密钥</translation>
  </message>
  <message>
   <source>See that your wallet can be reached, then try again.</source>
   <translation>请确认您的钱包可以访问，然后重试。</translation>
  </message>
  <message>
   <source>See what came back</source>
   <translation>查看返回的内容</translation>
  </message>
  <message>
   <source>See what came back for {what}</source>
   <translation>查看返回的内容：{what}</translation>
  </message>
  <message>
   <source>Send</source>
   <translation>付款</translation>
  </message>
  <message>
   <source>Send (Enter)</source>
   <translation>发送 (回车)</translation>
  </message>
  <message>
   <source>Send an invoice</source>
   <translation>发送发票</translation>
  </message>
  <message>
   <source>Send back</source>
   <translation>汇回</translation>
  </message>
  <message>
   <source>Send money</source>
   <translation>付款</translation>
  </message>
  <message>
   <source>Send the message</source>
   <translation>发送消息</translation>
  </message>
  <message>
   <source>Send this way all the same</source>
   <translation>仍然这样汇款</translation>
  </message>
  <message>
   <source>Send to {name}</source>
   <translation>向 {name} 汇款</translation>
  </message>
  <message>
   <source>Send {amount}</source>
   <translation>发送 {amount}</translation>
  </message>
  <message numerus="yes">
   <source>Sending it to {count} relays …</source>
   <translation>
    <numerusform>正在发送到 {count} 个中继 …</numerusform>
   </translation>
  </message>
  <message>
   <source>Sending …</source>
   <translation>正在发送 …</translation>
  </message>
  <message>
   <source>Sent</source>
   <translation>已送出</translation>
  </message>
  <message>
   <source>Sent {amount} to {name}, {fee} in fees.</source>
   <translation>已向 {name} 汇出 {amount}，手续费 {fee}。</translation>
  </message>
  <message>
   <source>Served at</source>
   <translation>服务端口</translation>
  </message>
  <message>
   <source>Servers with the old one refuse what comes from here.</source>
   <translation>仍用旧密钥的服务器会拒绝来自这里的调用。</translation>
  </message>
  <message>
   <source>Set a passphrase</source>
   <translation>设置密码短语</translation>
  </message>
  <message>
   <source>Set the address to one of this network.</source>
   <translation>请把地址设为这个网络的地址。</translation>
  </message>
  <message>
   <source>Set the clocks of this machine and of the server.</source>
   <translation>请校准这台机器和服务器的时钟。</translation>
  </message>
  <message>
   <source>Set the lock</source>
   <translation>设置锁</translation>
  </message>
  <message>
   <source>Settings</source>
   <translation>设置</translation>
  </message>
  <message>
   <source>Settings (Ctrl+,)</source>
   <translation>设置 (Ctrl+,)</translation>
  </message>
  <message>
   <source>Settings (Ctrl+,): write down the words of your wallet</source>
   <translation>设置 (Ctrl+,)：请抄下钱包的助记词</translation>
  </message>
  <message>
   <source>Settings unreadable</source>
   <translation>设置无法读取</translation>
  </message>
  <message>
   <source>Settings: {section}</source>
   <translation>设置：{section}</translation>
  </message>
  <message>
   <source>Shared: {shares}</source>
   <translation>分给：{shares}</translation>
  </message>
  <message>
   <source>Show</source>
   <translation>显示</translation>
  </message>
  <message>
   <source>Show TipDesk</source>
   <translation>显示 TipDesk</translation>
  </message>
  <message>
   <source>Show a test</source>
   <translation>显示测试</translation>
  </message>
  <message>
   <source>Show alerts</source>
   <translation>显示提醒</translation>
  </message>
  <message>
   <source>Show all of it</source>
   <translation>显示全文</translation>
  </message>
  <message>
   <source>Show all pictures of {name} until TipDesk closes</source>
   <translation>在 TipDesk 关闭前显示 {name} 的所有图片</translation>
  </message>
  <message>
   <source>Show amounts (Ctrl+H); hold it to look</source>
   <translation>显示金额 (Ctrl+H)；按住可查看</translation>
  </message>
  <message>
   <source>Show it</source>
   <translation>显示</translation>
  </message>
  <message>
   <source>Show me a post</source>
   <translation>给我看一篇帖子</translation>
  </message>
  <message>
   <source>Show more</source>
   <translation>显示更多</translation>
  </message>
  <message>
   <source>Show my address</source>
   <translation>显示我的地址</translation>
  </message>
  <message>
   <source>Show no goal</source>
   <translation>不显示目标</translation>
  </message>
  <message>
   <source>Show the address of {name} while held</source>
   <translation>按住时显示 {name} 的地址</translation>
  </message>
  <message>
   <source>Show the secret of the webhooks</source>
   <translation>显示 Webhook 的密钥</translation>
  </message>
  <message>
   <source>Show the words</source>
   <translation>显示助记词</translation>
  </message>
  <message>
   <source>Show them</source>
   <translation>显示</translation>
  </message>
  <message>
   <source>Show them to nobody and type them nowhere but in TipDesk. Write them on paper: a photo, a file or a message can be stolen.</source>
   <translation>不要给任何人看，除了 TipDesk 也不要在任何地方输入。请写在纸上：照片、文件或消息都可能被盗。</translation>
  </message>
  <message>
   <source>Show this goal</source>
   <translation>显示这个目标</translation>
  </message>
  <message>
   <source>Show {name}</source>
   <translation>显示 {name}</translation>
  </message>
  <message>
   <source>Show {name} again</source>
   <translation>重新显示 {name}</translation>
  </message>
  <message>
   <source>Show: asks {host}</source>
   <translation>显示：会请求 {host}</translation>
  </message>
  <message>
   <source>Shown for</source>
   <translation>显示时长</translation>
  </message>
  <message>
   <source>Shows its channels</source>
   <translation>显示其通道</translation>
  </message>
  <message>
   <source>Signed by {nip05}, which its domain confirms.</source>
   <translation>由 {nip05} 签名，其域名已确认。</translation>
  </message>
  <message>
   <source>Signed with the key {npub}.</source>
   <translation>用密钥 {npub} 签名。</translation>
  </message>
  <message>
   <source>Signing …</source>
   <translation>正在签名 …</translation>
  </message>
  <message>
   <source>Skip</source>
   <translation>跳过</translation>
  </message>
  <message>
   <source>Skip {name}</source>
   <translation>跳过 {name}</translation>
  </message>
  <message>
   <source>Slow</source>
   <translation>慢</translation>
  </message>
  <message>
   <source>So far on this computer only.</source>
   <translation>目前只在这台电脑上。</translation>
  </message>
  <message>
   <source>So far on this computer only. {error}</source>
   <translation>目前只在这台电脑上。{error}</translation>
  </message>
  <message>
   <source>Some sats</source>
   <translation>一些聪</translation>
  </message>
  <message>
   <source>Somebody</source>
   <translation>有人</translation>
  </message>
  <message>
   <source>Somebody new</source>
   <translation>新的身份</translation>
  </message>
  <message>
   <source>Somebody offers to pay out money with this text. TipDesk cannot collect it: ask for a payment to your address or an invoice of yours instead.</source>
   <translation>有人用这段文字提出付钱给你。TipDesk 无法领取：请对方付到你的地址，或付你的发票。</translation>
  </message>
  <message>
   <source>Somebody to follow</source>
   <translation>关注一个人</translation>
  </message>
  <message>
   <source>Something went wrong in TipDesk itself ({kind}).</source>
   <translation>TipDesk 自身出了问题（{kind}）。</translation>
  </message>
  <message>
   <source>Sound</source>
   <translation>声音</translation>
  </message>
  <message>
   <source>Speed</source>
   <translation>速度</translation>
  </message>
  <message>
   <source>Start a wallet here</source>
   <translation>在这里新建钱包</translation>
  </message>
  <message>
   <source>Start at login</source>
   <translation>登录时启动</translation>
  </message>
  <message>
   <source>Starting the practice network</source>
   <translation>正在启动练习网络</translation>
  </message>
  <message>
   <source>Stay open</source>
   <translation>保持打开</translation>
  </message>
  <message>
   <source>Still open</source>
   <translation>进行中</translation>
  </message>
  <message>
   <source>Stop</source>
   <translation>停止</translation>
  </message>
  <message>
   <source>Stop answering</source>
   <translation>停止应答</translation>
  </message>
  <message>
   <source>Stop uploading</source>
   <translation>停止上传</translation>
  </message>
  <message>
   <source>Stopped. Nothing was published, and your draft is kept.</source>
   <translation>已停止。没有发布任何内容，草稿已保留。</translation>
  </message>
  <message>
   <source>Straight to your node</source>
   <translation>直达你的节点</translation>
  </message>
  <message numerus="yes">
   <source>Such a post has {count} pictures at most. Not all were added.</source>
   <translation>
    <numerusform>这类帖子最多 {count} 张图片。没有全部添加。</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>Such a post has {count} pictures at most. Nothing was published.</source>
   <translation>
    <numerusform>这类帖子最多 {count} 张图片。没有发布任何内容。</numerusform>
   </translation>
  </message>
  <message>
   <source>Such a post has {maximum} characters at most, and this one has {count}. Nothing was published.</source>
   <translation>这类帖子最多 {maximum} 个字符，这篇有 {count} 个。没有发布任何内容。</translation>
  </message>
  <message>
   <source>Summary</source>
   <translation>摘要</translation>
  </message>
  <message>
   <source>Table for spreadsheets (*.csv)</source>
   <translation>电子表格 (*.csv)</translation>
  </message>
  <message>
   <source>Take back the latest tip</source>
   <translation>收回最近的打赏</translation>
  </message>
  <message>
   <source>Take it</source>
   <translation>领取</translation>
  </message>
  <message>
   <source>Take it away</source>
   <translation>移除</translation>
  </message>
  <message>
   <source>Take no more messages at {shown}</source>
   <translation>不再在 {shown} 接收消息</translation>
  </message>
  <message>
   <source>Take picture {n} out</source>
   <translation>取出图片 {n}</translation>
  </message>
  <message>
   <source>Take the lock away</source>
   <translation>解除锁</translation>
  </message>
  <message>
   <source>Take them where you publish</source>
   <translation>在你发布的地方接收</translation>
  </message>
  <message>
   <source>Take {amount}</source>
   <translation>领取 {amount}</translation>
  </message>
  <message>
   <source>Taken back</source>
   <translation>已收回</translation>
  </message>
  <message>
   <source>Takes no payments through this key</source>
   <translation>此密钥不能收款</translation>
  </message>
  <message>
   <source>Takes no tips yet</source>
   <translation>还不接受打赏</translation>
  </message>
  <message>
   <source>Takes payments</source>
   <translation>可以收款</translation>
  </message>
  <message>
   <source>Tell me on the desktop</source>
   <translation>在桌面上通知我</translation>
  </message>
  <message>
   <source>Tell them that it was you</source>
   <translation>告诉对方是你付的</translation>
  </message>
  <message>
   <source>Tell them that you want to send</source>
   <translation>告诉对方你想汇款</translation>
  </message>
  <message>
   <source>Tell {name} that you want to send</source>
   <translation>告诉 {name} 你想汇款</translation>
  </message>
  <message>
   <source>Telling your relays …</source>
   <translation>正在告知你的中继 …</translation>
  </message>
  <message>
   <source>Tells the fee before it pays</source>
   <translation>付款前告知手续费</translation>
  </message>
  <message>
   <source>Tells the fee only afterwards</source>
   <translation>事后才告知手续费</translation>
  </message>
  <message>
   <source>Test a restore</source>
   <translation>测试恢复</translation>
  </message>
  <message>
   <source>Test coins (signet)</source>
   <translation>测试币 (signet)</translation>
  </message>
  <message>
   <source>Test coins (testnet)</source>
   <translation>测试币 (testnet)</translation>
  </message>
  <message>
   <source>Text of the post</source>
   <translation>帖子正文</translation>
  </message>
  <message>
   <source>Text of your post</source>
   <translation>帖子正文</translation>
  </message>
  <message>
   <source>That address cannot be used: {problem}. No money moved.</source>
   <translation>这个地址不能用：{problem}。没有动用任何钱。</translation>
  </message>
  <message>
   <source>That cannot be your address: {problem}. Nothing was changed.</source>
   <translation>这不能作为您的地址：{problem}。没有任何改动。</translation>
  </message>
  <message>
   <source>That comes to less than one sat, or to more than there is.</source>
   <translation>换算后不足一聪，或超过比特币的总量。</translation>
  </message>
  <message>
   <source>That day has passed. Choose a later one.</source>
   <translation>那一天已经过了。请选择以后的日子。</translation>
  </message>
  <message>
   <source>That did not work.</source>
   <translation>没有成功。</translation>
  </message>
  <message>
   <source>That does not open the vault {path}: another passphrase or key made it.</source>
   <translation>这打不开保险库 {path}：它是用另一个密码短语或密钥创建的。</translation>
  </message>
  <message>
   <source>That is a Nostr name.</source>
   <translation>这是一个 Nostr 名称。</translation>
  </message>
  <message>
   <source>That is a lightning address.</source>
   <translation>这是一个闪电地址。</translation>
  </message>
  <message>
   <source>That is a node's key.</source>
   <translation>这是一个节点公钥。</translation>
  </message>
  <message>
   <source>That is a payment name.</source>
   <translation>这是一个支付名。</translation>
  </message>
  <message>
   <source>That is an npub.</source>
   <translation>这是一个 npub。</translation>
  </message>
  <message>
   <source>That is an offer.</source>
   <translation>这是一份要约。</translation>
  </message>
  <message>
   <source>That is another amount. Type the one above again, or change it.</source>
   <translation>金额不一致。请再次输入上面的金额，或更改它。</translation>
  </message>
  <message>
   <source>That is another amount. Type the one above.</source>
   <translation>金额不一致。请输入上面的金额。</translation>
  </message>
  <message>
   <source>That is another amount. Type the one of the invoice.</source>
   <translation>金额不一致。请输入发票上的金额。</translation>
  </message>
  <message>
   <source>That is more than there is. Write a smaller amount.</source>
   <translation>超过了比特币的总量。请输入更小的金额。</translation>
  </message>
  <message>
   <source>That is more than you have on chain. Write less, or receive on chain first.</source>
   <translation>超过了你链上的余额。请写少一些，或先在链上收款。</translation>
  </message>
  <message>
   <source>That is more than {most} days. Choose a shorter time or longer steps.</source>
   <translation>超过了 {most} 天。请选择更短的时间或更长的间隔。</translation>
  </message>
  <message>
   <source>That is more than {most} hours. Choose a shorter time or longer steps.</source>
   <translation>超过了 {most} 小时。请选择更短的时间或更长的间隔。</translation>
  </message>
  <message>
   <source>That is more than {most} months. Choose a shorter time or longer steps.</source>
   <translation>超过了 {most} 个月。请选择更短的时间或更长的间隔。</translation>
  </message>
  <message>
   <source>That is no Nostr private key: one begins with nsec1. Nothing was kept of it.</source>
   <translation>这不是 Nostr 私钥：私钥以 nsec1 开头。没有保留其中任何内容。</translation>
  </message>
  <message>
   <source>That is not the amount in its channels, {expected}. Nothing was removed.</source>
   <translation>这不是它通道中的金额 {expected}。没有移除任何东西。</translation>
  </message>
  <message>
   <source>That is not the passphrase of this lock. Try again.</source>
   <translation>这不是这把锁的密码短语。请再试。</translation>
  </message>
  <message>
   <source>That is not what was given in return for paying this invoice.</source>
   <translation>这不是支付这张发票所换得的东西。</translation>
  </message>
  <message>
   <source>That it is you</source>
   <translation>是你汇的</translation>
  </message>
  <message>
   <source>That looks like a secret key. It was not searched for, and sent nowhere.</source>
   <translation>这看起来是一把私钥。没有搜索它，也没有发送到任何地方。</translation>
  </message>
  <message>
   <source>That may be {n} % on top.</source>
   <translation>可能额外多出 {n} %。</translation>
  </message>
  <message>
   <source>That moment has passed. Choose a later one.</source>
   <translation>那个时刻已过。请选择更晚的。</translation>
  </message>
  <message>
   <source>That picture is there already.</source>
   <translation>那张图片已经在了。</translation>
  </message>
  <message>
   <source>That post is not here any more, so it cannot be answered.</source>
   <translation>那篇帖子已不在这里，无法回复。</translation>
  </message>
  <message>
   <source>The 12 or 24 words, in their order</source>
   <translation>按顺序的 12 或 24 个词</translation>
  </message>
  <message>
   <source>The Nostr key of the profile in {folder} is not where TipDesk kept it, and no new one was made. Your money is safe. Bring the key back as nsec, or go on with a new one: people know you by the old one.</source>
   <translation>{folder} 中配置的 Nostr 密钥不在 TipDesk 存放的地方，也没有生成新的。你的钱是安全的。请以 nsec 找回密钥，或换一把新的继续：别人是凭旧密钥认识你的。</translation>
  </message>
  <message>
   <source>The address of a wallet you have</source>
   <translation>您已有钱包的地址</translation>
  </message>
  <message>
   <source>The address of clnrest, and a rune that may pay and make invoices.</source>
   <translation>clnrest 的地址，以及可以付款和开发票的 rune。</translation>
  </message>
  <message>
   <source>The address of phoenixd, and the http-password of its phoenix.conf.</source>
   <translation>phoenixd 的地址，以及其 phoenix.conf 中的 http-password。</translation>
  </message>
  <message>
   <source>The address {relay} is not that of a public relay: those begin with wss:// and lie on the internet.</source>
   <translation>{relay} 不是公共中继的地址：它们以 wss:// 开头并位于互联网上。</translation>
  </message>
  <message>
   <source>The amount again</source>
   <translation>再次输入金额</translation>
  </message>
  <message>
   <source>The amount in its channels</source>
   <translation>它通道中的金额</translation>
  </message>
  <message>
   <source>The amount is in {unit}</source>
   <translation>金额以 {unit} 计</translation>
  </message>
  <message>
   <source>The amount is too small for a channel on the way.</source>
   <translation>金额对途中的一条通道来说太小。</translation>
  </message>
  <message>
   <source>The amount is too small for the channels on the way.</source>
   <translation>金额对途中的通道来说太小。</translation>
  </message>
  <message>
   <source>The amounts of one press</source>
   <translation>一键打赏的金额</translation>
  </message>
  <message>
   <source>The answer for {name} is not what {zone} has signed, and was refused. Try another name server in the settings, or ask them for an offer.</source>
   <translation>对 {name} 的回答不是 {zone} 所签署的，已拒绝。请在设置中换一个域名服务器，或向对方要一份要约。</translation>
  </message>
  <message>
   <source>The app can do nothing with this wallet from now on. What it is paying right now goes on to its end. To use it again, connect it anew.</source>
   <translation>从现在起该应用无法再使用此钱包。它正在进行的付款会继续到结束。要再次使用，请重新连接。</translation>
  </message>
  <message>
   <source>The author shares what this is given</source>
   <translation>作者会分享这篇得到的打赏</translation>
  </message>
  <message>
   <source>The backup opens with this profile's words. It would ask {peers} to close {channels}, and their money would come back on chain.</source>
   <translation>备份可以用这个配置的助记词打开。它会请 {peers} 关闭 {channels}，其中的钱会回到链上。</translation>
  </message>
  <message>
   <source>The certificate's fingerprint cannot be read: it is 64 hexadecimal digits (SHA-256), or paste the certificate itself.</source>
   <translation>无法读取证书指纹：它是 64 位十六进制数字（SHA-256），也可以直接粘贴证书。</translation>
  </message>
  <message>
   <source>The chain server does not answer. What is on chain is as of {time}. TipDesk goes on asking.</source>
   <translation>链服务器没有回应。链上金额截至 {time}。TipDesk 会继续询问。</translation>
  </message>
  <message>
   <source>The chain server has not answered yet, so what is on chain is not known. TipDesk goes on asking.</source>
   <translation>链服务器还没有回应，所以还不知道链上有多少。TipDesk 会继续询问。</translation>
  </message>
  <message>
   <source>The chain server {place} shows another certificate ({seen}...) than the one it is known by ({expected}...). Somebody may stand in between. {way_on}. No money moved.</source>
   <translation>链服务器 {place} 出示的证书 ({seen}...) 与已知的 ({expected}...) 不同。可能有人夹在中间。{way_on}。没有动用任何钱。</translation>
  </message>
  <message>
   <source>The channel backup does not belong to these words, or it is damaged ({why}). Nothing was made: choose another file, or go on without one.</source>
   <translation>通道备份不属于这些助记词，或已损坏（{why}）。没有创建任何东西：请选择另一个文件，或不带备份继续。</translation>
  </message>
  <message>
   <source>The channel backup {path} cannot be read: {why}. Nothing was changed.</source>
   <translation>无法读取通道备份 {path}：{why}。没有做任何更改。</translation>
  </message>
  <message>
   <source>The channel can be closed by agreement only while its peer is connected. Nothing was done: try again when it is back, or close it alone.</source>
   <translation>只有对方在线时才能协商关闭通道。没有做任何事：请等它回来后再试，或单方面关闭。</translation>
  </message>
  <message>
   <source>The channel is being opened: it waits for confirmations now.</source>
   <translation>通道正在打开：正在等待确认。</translation>
  </message>
  <message>
   <source>The channel is closing.</source>
   <translation>通道正在关闭。</translation>
  </message>
  <message>
   <source>The channel was not closed. {why}</source>
   <translation>通道没有关闭。{why}</translation>
  </message>
  <message>
   <source>The channel was not opened: {why}. No money moved.</source>
   <translation>通道没有打开：{why}。没有动用任何钱。</translation>
  </message>
  <message>
   <source>The cheaper ways were tried and failed.</source>
   <translation>更便宜的路都试过了，都失败了。</translation>
  </message>
  <message>
   <source>The cheapest way to the receiver costs {fee} now, more than your limit of {limit}. No money moved. Try again later; the limit grows with the tip.</source>
   <translation>现在到收款方最便宜的路要 {fee}，超过你的限额 {limit}。没有动用任何钱。请稍后再试；限额随打赏金额增加。</translation>
  </message>
  <message>
   <source>The command {command} {why}.</source>
   <translation>命令 {command} {why}。</translation>
  </message>
  <message>
   <source>The export was cancelled, and no file was written.</source>
   <translation>导出已取消，没有写入文件。</translation>
  </message>
  <message>
   <source>The fallback is no script with an address.</source>
   <translation>备用方式不是有地址的脚本。</translation>
  </message>
  <message>
   <source>The fee is {n} % of the tip.</source>
   <translation>手续费是打赏的 {n} %。</translation>
  </message>
  <message>
   <source>The feed shows: {what}</source>
   <translation>动态显示：{what}</translation>
  </message>
  <message>
   <source>The field {field} cannot be read: {problem}.</source>
   <translation>{field} 栏无法读取：{problem}。</translation>
  </message>
  <message>
   <source>The field {field} has {paths} paths: too many.</source>
   <translation>{field} 栏有 {paths} 条路径：太多了。</translation>
  </message>
  <message>
   <source>The field {field} is missing.</source>
   <translation>缺少 {field} 栏。</translation>
  </message>
  <message>
   <source>The fields cannot be told apart: {problem}.</source>
   <translation>各栏无法分开：{problem}。</translation>
  </message>
  <message>
   <source>The file channels.backup</source>
   <translation>文件 channels.backup</translation>
  </message>
  <message>
   <source>The folder {folder} could not be removed: {why}. Nothing was changed.</source>
   <translation>无法移除文件夹 {folder}：{why}。没有做任何更改。</translation>
  </message>
  <message>
   <source>The highest rule that a tip reaches is taken.</source>
   <translation>采用打赏达到的最高一条规则。</translation>
  </message>
  <message>
   <source>The invoice asks for a part of a millisatoshi ({picobitcoin} pBTC).</source>
   <translation>发票要求不足一毫聪的金额 ({picobitcoin} pBTC)。</translation>
  </message>
  <message>
   <source>The invoice asks for more bitcoin than exist ({amount} msat).</source>
   <translation>发票要求的金额超过比特币的总量 ({amount} msat)。</translation>
  </message>
  <message>
   <source>The invoice can be paid for {n} seconds.</source>
   <translation>发票可在 {n} 秒内支付。</translation>
  </message>
  <message>
   <source>The invoice cannot be read: {why}.</source>
   <translation>无法读取发票：{why}。</translation>
  </message>
  <message>
   <source>The invoice commits to something else: careful wallets will not pay it.</source>
   <translation>发票承诺的是别的内容：谨慎的钱包不会支付它。</translation>
  </message>
  <message>
   <source>The invoice commits to what was asked.</source>
   <translation>发票承诺的与所要求的一致。</translation>
  </message>
  <message>
   <source>The invoice expired before the tip was sent. No money moved. Try again: a fresh invoice will be fetched.</source>
   <translation>打赏发出之前发票就过期了。没有动用任何钱。请再试：会取一张新的发票。</translation>
  </message>
  <message>
   <source>The invoice has a field that no proof can be made about ({field}).</source>
   <translation>发票有一栏（{field}）无法作证明。</translation>
  </message>
  <message>
   <source>The invoice has a route hint that cannot be read ({size} bytes).</source>
   <translation>发票有一个读不了的路由提示（{size} 字节）。</translation>
  </message>
  <message>
   <source>The invoice has both a description and the hash of one.</source>
   <translation>发票既有说明，又有说明的哈希。</translation>
  </message>
  <message>
   <source>The invoice has expired.</source>
   <translation>发票已过期。</translation>
  </message>
  <message>
   <source>The invoice has expired. No money moved. Ask for a new one.</source>
   <translation>发票已过期。没有动用任何钱。请要一张新的。</translation>
  </message>
  <message>
   <source>The invoice has expired; ask for a new one</source>
   <translation>发票已过期；请索要新的</translation>
  </message>
  <message>
   <source>The invoice has no payment hash.</source>
   <translation>发票没有付款哈希。</translation>
  </message>
  <message>
   <source>The invoice has no payment secret.</source>
   <translation>发票没有付款密文。</translation>
  </message>
  <message>
   <source>The invoice has {paths} ways to pay it and terms for {payinfos}. No money moved.</source>
   <translation>发票有 {paths} 条支付路径，却有 {payinfos} 份条件。没有动用任何钱。</translation>
  </message>
  <message>
   <source>The invoice is by somebody else than was asked. No money moved.</source>
   <translation>发票不是被询问的一方开出的。没有动用任何钱。</translation>
  </message>
  <message>
   <source>The invoice is cut short: it has {words} symbols.</source>
   <translation>发票不完整：只有 {words} 个符号。</translation>
  </message>
  <message>
   <source>The invoice is for an unknown network ({prefix}).</source>
   <translation>发票属于未知的网络 ({prefix})。</translation>
  </message>
  <message>
   <source>The invoice is for another network than {network}. No money moved.</source>
   <translation>发票属于 {network} 以外的网络。没有动用任何钱。</translation>
  </message>
  <message>
   <source>The invoice is for {amount} instead of {expected}. No money moved.</source>
   <translation>发票金额是 {amount}，而不是 {expected}。没有动用任何钱。</translation>
  </message>
  <message>
   <source>The invoice is for {amount}, and no amount was agreed on. No money moved.</source>
   <translation>发票金额是 {amount}，而双方没有约定金额。没有动用任何钱。</translation>
  </message>
  <message>
   <source>The invoice is for {theirs}, this wallet is on {ours}</source>
   <translation>发票属于 {theirs}，而这个钱包在 {ours} 上</translation>
  </message>
  <message>
   <source>The invoice is for {theirs}; this wallet is on {ours}.</source>
   <translation>发票属于 {theirs}；而这个钱包在 {ours} 上。</translation>
  </message>
  <message>
   <source>The invoice is not for an offer. TipDesk pays such invoices only when it asked for them. No money moved.</source>
   <translation>这张发票不属于任何要约。TipDesk 只支付自己要来的这类发票。没有动用任何钱。</translation>
  </message>
  <message>
   <source>The invoice is not for what was asked for (field {field} differs). No money moved.</source>
   <translation>发票与所要求的不符（{field} 栏不同）。没有动用任何钱。</translation>
  </message>
  <message>
   <source>The invoice is the wallet's own, and somebody has paid it.</source>
   <translation>发票是该钱包自己的，而且已经有人支付。</translation>
  </message>
  <message>
   <source>The invoice leaves the amount to you: set one</source>
   <translation>发票让你决定金额：请设定一个</translation>
  </message>
  <message>
   <source>The invoice names a payee that cannot exist.</source>
   <translation>发票写的收款方不可能存在。</translation>
  </message>
  <message>
   <source>The invoice needs a way of paying that TipDesk does not know (feature {features}).</source>
   <translation>发票需要 TipDesk 不懂的付款方式（特性 {features}）。</translation>
  </message>
  <message>
   <source>The invoice says how to reach you.</source>
   <translation>发票说明了怎样到达你这里。</translation>
  </message>
  <message>
   <source>The invoice says nothing of what it is for.</source>
   <translation>发票没有说明用途。</translation>
  </message>
  <message>
   <source>The invoice was asked for with another key.</source>
   <translation>发票是用另一个密钥要来的。</translation>
  </message>
  <message>
   <source>The invoice was not asked for by this wallet: it has no proof to give.</source>
   <translation>这张发票不是这个钱包要来的：它没有证明可给。</translation>
  </message>
  <message>
   <source>The invoice would be signed by a key that the offer is not of.</source>
   <translation>发票将由不属于这份要约的密钥签名。</translation>
  </message>
  <message>
   <source>The invoice {problem}.</source>
   <translation>发票有问题：{problem}。</translation>
  </message>
  <message>
   <source>The invoice's amount cannot be read ({amount}).</source>
   <translation>发票的金额无法读取 ({amount})。</translation>
  </message>
  <message>
   <source>The invoice's description is not text.</source>
   <translation>发票的说明不是文字。</translation>
  </message>
  <message>
   <source>The invoice's field {letter} begins with a needless zero.</source>
   <translation>发票的字段 {letter} 以多余的零开头。</translation>
  </message>
  <message>
   <source>The invoice's field {letter} has wrong padding.</source>
   <translation>发票的字段 {letter} 填充有误。</translation>
  </message>
  <message>
   <source>The invoice's field {letter} is a number of {length} symbols.</source>
   <translation>发票的字段 {letter} 是 {length} 个符号的数字。</translation>
  </message>
  <message>
   <source>The invoice's field {letter} needs {length} symbols, {left} are left.</source>
   <translation>发票的字段 {letter} 需要 {length} 个符号，只剩 {left} 个。</translation>
  </message>
  <message>
   <source>The invoice's field {letter} would need {length} of 1023 symbols.</source>
   <translation>发票的字段 {letter} 需要 {length} 个符号，最多 1023 个。</translation>
  </message>
  <message>
   <source>The invoice's signature is not in its one permitted form.</source>
   <translation>发票的签名不是唯一允许的形式。</translation>
  </message>
  <message>
   <source>The invoice's signature is wrong. No money moved.</source>
   <translation>发票的签名不对。没有动用任何钱。</translation>
  </message>
  <message>
   <source>The invoice's signature is wrong: it was changed on its way.</source>
   <translation>发票的签名不对：它在途中被改过。</translation>
  </message>
  <message>
   <source>The key of this wallet is gone from where it was kept. Connect it again.</source>
   <translation>此钱包的密钥已不在原来保存的地方。请重新连接。</translation>
  </message>
  <message>
   <source>The key that TipDesk has for your wallet at {where} does not allow {what}. Make one there that does, and paste it here.</source>
   <translation>TipDesk 持有的 {where} 钱包密钥不允许{what}。请在那里生成一个允许的，并粘贴到这里。</translation>
  </message>
  <message>
   <source>The keyring cannot be used: {why}. Nothing was changed.</source>
   <translation>无法使用密钥环：{why}。没有做任何更改。</translation>
  </message>
  <message numerus="yes">
   <source>The keyring does not answer: {count} seconds went by. It may wait for its password in another window. Nothing was changed.</source>
   <translation>
    <numerusform>密钥环没有回应：已过 {count} 秒。它可能在另一个窗口等待输入密码。没有做任何更改。</numerusform>
   </translation>
  </message>
  <message>
   <source>The keyring does not give back what was put in. Your secrets are still in the encrypted file of this profile, under the same passphrase.</source>
   <translation>密钥环读不回放进去的内容。你的秘密仍在这个配置的加密文件中，密码短语不变。</translation>
  </message>
  <message>
   <source>The keyring of this system did not let TipDesk in. Allow it when you are asked, and open TipDesk again. Nothing was changed.</source>
   <translation>系统密钥环不允许 TipDesk 访问。请在询问时允许，然后再次打开 TipDesk。没有做任何更改。</translation>
  </message>
  <message>
   <source>The keyring of this system is locked. Unlock it when it asks, and open TipDesk again. Nothing was changed.</source>
   <translation>系统密钥环已锁定。请在询问时解锁，然后再次打开 TipDesk。没有做任何更改。</translation>
  </message>
  <message>
   <source>The keyring's entry {service}/{name} is not one of TipDesk's.</source>
   <translation>密钥环中的条目 {service}/{name} 不是 TipDesk 的。</translation>
  </message>
  <message>
   <source>The last one, {price} {source}, is not used any more.</source>
   <translation>上一个汇率 {price}（{source}）已不再使用。</translation>
  </message>
  <message>
   <source>The latest tips, one under the other.</source>
   <translation>最近的打赏，逐条排列。</translation>
  </message>
  <message>
   <source>The length of the text</source>
   <translation>文字长度</translation>
  </message>
  <message>
   <source>The lightning address {text} cannot be used: {problem}. No money moved.</source>
   <translation>闪电地址 {text} 不能用：{problem}。没有动用任何钱。</translation>
  </message>
  <message>
   <source>The link does not say whether this page wants to be paid or pays you. If you ask {domain}, it learns your internet address and that its link was opened, nothing else. No money moves.</source>
   <translation>链接没有说明这个页面是要收款还是付款给你。如果询问 {domain}，它会知道你的网络地址和链接已被打开，别的都不知道。不会动用任何钱。</translation>
  </message>
  <message>
   <source>The macaroon cannot be read. Paste the whole of it, in hexadecimal or base64: the content of the file, not its name.</source>
   <translation>无法读取 macaroon。请以十六进制或 base64 完整粘贴：文件的内容，而不是文件名。</translation>
  </message>
  <message>
   <source>The message has {size} bytes, and {maximum} can go with a payment.</source>
   <translation>留言有 {size} 字节，随付款最多能带 {maximum} 字节。</translation>
  </message>
  <message>
   <source>The money arrives without a word: an address passes no message privately.</source>
   <translation>钱到了，但没有留言：地址不能私密地传话。</translation>
  </message>
  <message>
   <source>The money comes to your wallet.</source>
   <translation>款项进入您的钱包。</translation>
  </message>
  <message>
   <source>The money would go to the node {payee}…, not to your wallet.</source>
   <translation>款项会进入节点 {payee}…，而不是您的钱包。</translation>
  </message>
  <message>
   <source>The most it may spend</source>
   <translation>最多可花</translation>
  </message>
  <message>
   <source>The most it may spend, fees included</source>
   <translation>最多可花（含手续费）</translation>
  </message>
  <message>
   <source>The most that goes out, fees and all</source>
   <translation>最多付出的金额，含手续费</translation>
  </message>
  <message>
   <source>The name is asked for from your internet address.</source>
   <translation>名称从你的网络地址查询。</translation>
  </message>
  <message>
   <source>The name is asked for through the proxy.</source>
   <translation>名称通过代理查询。</translation>
  </message>
  <message>
   <source>The name of the server stands in the clear at the start of a connection.</source>
   <translation>服务器的名字在连接开始时是明文。</translation>
  </message>
  <message>
   <source>The name server {server} gave no answer for {name}: {why}.</source>
   <translation>域名服务器 {server} 没有回答 {name}：{why}。</translation>
  </message>
  <message>
   <source>The network did not take the payment: {reason}. Its coins are free again. No money moved.</source>
   <translation>网络没有接受这笔付款：{reason}。它的币已释放。没有动用任何钱。</translation>
  </message>
  <message>
   <source>The new passphrase</source>
   <translation>新的密码短语</translation>
  </message>
  <message>
   <source>The new passphrase, again</source>
   <translation>再次输入新的密码短语</translation>
  </message>
  <message>
   <source>The new vault {path} does not give back what was put in, so it was taken away again. Your secrets are still in the keyring.</source>
   <translation>新的保险库 {path} 读不回放进去的内容，所以已移除。你的秘密仍在密钥环中。</translation>
  </message>
  <message>
   <source>The newest channel backup cannot be opened with this profile's words: {why}. Write a new one now, and test again.</source>
   <translation>最新的通道备份无法用这个配置的助记词打开：{why}。请现在写一份新的，再测试一次。</translation>
  </message>
  <message>
   <source>The next step</source>
   <translation>下一步</translation>
  </message>
  <message>
   <source>The number of days</source>
   <translation>天数</translation>
  </message>
  <message>
   <source>The number of lines</source>
   <translation>行数</translation>
  </message>
  <message>
   <source>The number of rules</source>
   <translation>规则数</translation>
  </message>
  <message>
   <source>The number of words</source>
   <translation>词数</translation>
  </message>
  <message>
   <source>The offer asks for an amount and does not say what for.</source>
   <translation>要约要求一笔金额，却没有说明用途。</translation>
  </message>
  <message>
   <source>The offer asks for an amount of nothing.</source>
   <translation>要约要求的金额为零。</translation>
  </message>
  <message>
   <source>The offer asks for {expected}, the request is for {amount}.</source>
   <translation>要约要求 {expected}，请求的是 {amount}。</translation>
  </message>
  <message>
   <source>The offer asks for {expected}: {amount} would not be accepted. No money moved.</source>
   <translation>要约要求 {expected}：{amount} 不会被接受。没有动用任何钱。</translation>
  </message>
  <message>
   <source>The offer cannot be paid on this network ({network}).</source>
   <translation>这份要约不能在此网络（{network}）支付。</translation>
  </message>
  <message>
   <source>The offer does not say whom to ask for an invoice.</source>
   <translation>要约没有说明向谁要发票。</translation>
  </message>
  <message>
   <source>The offer has expired.</source>
   <translation>要约已过期。</translation>
  </message>
  <message>
   <source>The offer has expired. No money moved. Ask who made it for a new one.</source>
   <translation>要约已过期。没有动用任何钱。请向制作者要一份新的。</translation>
  </message>
  <message>
   <source>The offer is for one thing, and knows no quantity.</source>
   <translation>要约只有一份，没有数量之分。</translation>
  </message>
  <message>
   <source>The offer is for {maximum} at most, not {quantity}.</source>
   <translation>要约最多 {maximum} 份，不能是 {quantity} 份。</translation>
  </message>
  <message>
   <source>The offer names the currency {currency} and no amount.</source>
   <translation>要约写了货币 {currency}，却没有金额。</translation>
  </message>
  <message>
   <source>The on-chain wallet cannot ask bitcoind itself: name an Electrum or Esplora server in wallet_server, such as electrs beside your bitcoind.</source>
   <translation>链上钱包自己不能查询 bitcoind：请在 wallet_server 中填写 Electrum 或 Esplora 服务器，例如 bitcoind 旁边的 electrs。</translation>
  </message>
  <message>
   <source>The other node, as node_id@host:port</source>
   <translation>对方节点，格式 node_id@host:port</translation>
  </message>
  <message>
   <source>The other side of your channels is away. TipDesk goes on calling it.</source>
   <translation>你通道的对方不在线。TipDesk 会继续呼叫。</translation>
  </message>
  <message>
   <source>The overlay cannot be shown in OBS. {error}</source>
   <translation>叠加层无法在 OBS 中显示。{error}</translation>
  </message>
  <message>
   <source>The page pays between {least} and {most}. Write an amount between them.</source>
   <translation>该页面支付 {least} 到 {most}。请填写其间的金额。</translation>
  </message>
  <message>
   <source>The passphrase of now</source>
   <translation>当前的密码短语</translation>
  </message>
  <message>
   <source>The password cannot be used. It is the http-password in phoenixd's phoenix.conf.</source>
   <translation>密码不可用。它是 phoenixd 的 phoenix.conf 中的 http-password。</translation>
  </message>
  <message>
   <source>The pause between alerts, in milliseconds,</source>
   <translation>提醒之间的间隔（以毫秒计）</translation>
  </message>
  <message>
   <source>The payer did not say who they are.</source>
   <translation>付款人没有说明自己是谁。</translation>
  </message>
  <message>
   <source>The payer wrote this name. Nobody signed it, so it may be anybody's.</source>
   <translation>这个名字是付款人写的。没有人签名，所以可能是任何人的名字。</translation>
  </message>
  <message>
   <source>The payment failed on its way (code {code}).</source>
   <translation>付款在途中失败（代码 {code}）。</translation>
  </message>
  <message>
   <source>The payment failed on the hidden part of its way.</source>
   <translation>付款在路由的隐藏部分失败。</translation>
  </message>
  <message>
   <source>The payment is in flight: it may still arrive. Do not pay it a second time; its outcome will stand in the history below.</source>
   <translation>付款在途：仍可能到账。请不要再付一次；结果会显示在下面的历史中。</translation>
  </message>
  <message>
   <source>The payment is on its way.</source>
   <translation>付款在途。</translation>
  </message>
  <message>
   <source>The payment is still on its way: it will arrive, or come back to you. TipDesk goes on asking; do not pay it again from elsewhere.</source>
   <translation>付款仍在途：它会到账，或退回给你。TipDesk 会继续查询；请不要从别处再付一次。</translation>
  </message>
  <message>
   <source>The payment is still on its way: it will arrive, or come back to you. TipDesk goes on asking; there is nothing for you to do, and no need to tip again.</source>
   <translation>付款仍在途：它会到账，或退回给你。TipDesk 会继续查询；你什么都不用做，也不需要再打赏一次。</translation>
  </message>
  <message>
   <source>The payment of {total} is signed, and the chain server could not be asked whether it took it. TipDesk tries again with every block while it runs. Do not send it a second time.</source>
   <translation>{total} 的付款已签名，但无法向链服务器确认是否已接受。TipDesk 运行时会在每个区块重试。请不要再发一次。</translation>
  </message>
  <message>
   <source>The payment reached the receiver with too little time.</source>
   <translation>付款到达收款方时剩余时间太少。</translation>
  </message>
  <message>
   <source>The payment to {name} is on its way. It stands in the history; do not pay it again.</source>
   <translation>给 {name} 的付款正在途中。它列在历史中；不要再付一次。</translation>
  </message>
  <message>
   <source>The payment's custom records cannot be sent: {why}.</source>
   <translation>付款的自定义记录无法发送：{why}。</translation>
  </message>
  <message numerus="yes">
   <source>The peers of {count} channels have to call you, as their address is not known.</source>
   <translation>
    <numerusform>{count} 条通道的对方需要主动联系你，因为不知道它们的地址。</numerusform>
   </translation>
  </message>
  <message>
   <source>The picture cannot be kept on this computer: {why}. Nothing was added.</source>
   <translation>图片无法保存在这台电脑上：{why}。没有添加任何东西。</translation>
  </message>
  <message>
   <source>The picture cannot be loaded</source>
   <translation>无法加载图片</translation>
  </message>
  <message>
   <source>The picture has to be an address that begins with https://, or none. Nothing was published.</source>
   <translation>图片必须是以 https:// 开头的地址，或留空。没有发布任何内容。</translation>
  </message>
  <message>
   <source>The picture is not on this computer any more.</source>
   <translation>图片已不在这台电脑上。</translation>
  </message>
  <message>
   <source>The picture still has {size} bytes after it was made smaller; {most} is the most. Nothing was added. Choose a smaller one.</source>
   <translation>图片缩小后仍有 {size} 字节；最多 {most}。没有添加任何东西。请选择小一些的。</translation>
  </message>
  <message>
   <source>The picture that is tipped</source>
   <translation>被打赏的图片</translation>
  </message>
  <message>
   <source>The pictures in your drafts take up all the room there is for them. Nothing was added. Publish or delete a draft first.</source>
   <translation>你草稿中的图片已占满全部空间。没有添加任何东西。请先发布或删除一份草稿。</translation>
  </message>
  <message>
   <source>The post</source>
   <translation>帖子</translation>
  </message>
  <message>
   <source>The post is not here, so the tip goes to its author without it.</source>
   <translation>帖子不在这里，所以打赏直接给作者，不附带帖子。</translation>
  </message>
  <message>
   <source>The post that this conversation is about is not here, so a reply would stand nowhere. Nothing was published. Open that post first, then reply.</source>
   <translation>这段对话所针对的帖子不在这里，回复会无处可归。没有发布任何内容。请先打开那篇帖子再回复。</translation>
  </message>
  <message>
   <source>The private part of your mute list cannot be read here, so the list was left as it is and nothing was published.</source>
   <translation>这里读不了静音列表的私密部分，所以列表保持原样，没有发布任何内容。</translation>
  </message>
  <message>
   <source>The profile in {folder} was made for {made_for}, and its settings say {asked}. Coins and channels do not move between networks: set it back, or begin another profile. Nothing was changed.</source>
   <translation>{folder} 中的配置是为 {made_for} 建的，而它的设置写的是 {asked}。币和通道不能在网络之间转移：请改回来，或新建另一个配置。没有做任何更改。</translation>
  </message>
  <message>
   <source>The profile {name} cannot be removed here. Nothing was changed.</source>
   <translation>配置 {name} 不能在这里移除。没有做任何更改。</translation>
  </message>
  <message>
   <source>The program runs with all your rights whenever a tip of that amount comes, and reads what strangers wrote. Use only one that you trust with both.</source>
   <translation>每当有达到那个金额的打赏，程序就会以你的全部权限运行，并读取陌生人写的内容。只用在这两方面你都信任的程序。</translation>
  </message>
  <message>
   <source>The program, then its arguments, one in each line</source>
   <translation>程序，然后是它的参数，每行一个</translation>
  </message>
  <message>
   <source>The proof is not signed by who asked for the invoice.</source>
   <translation>证明不是由要发票的人签名的。</translation>
  </message>
  <message>
   <source>The proof shows {fields} fields and has hashes for {hashes}.</source>
   <translation>证明显示了 {fields} 栏，却有 {hashes} 栏的哈希。</translation>
  </message>
  <message>
   <source>The proof's invoice is not signed by who it says has made it.</source>
   <translation>证明中的发票不是由所称的开票人签名的。</translation>
  </message>
  <message>
   <source>The proof's list of hidden fields is wrong at {marker}.</source>
   <translation>证明中隐藏栏的列表在 {marker} 处有误。</translation>
  </message>
  <message>
   <source>The proof's preimage is not that of the invoice.</source>
   <translation>证明的原像不是发票的原像。</translation>
  </message>
  <message>
   <source>The proof's {hashes} hashes of what it hides do not fit.</source>
   <translation>证明为隐藏内容给出的 {hashes} 个哈希对不上。</translation>
  </message>
  <message>
   <source>The provider, to ask your wallet for the invoice and not its own. The check on this page tells whose wallet an invoice pays, and is made once a day.</source>
   <translation>信任服务商会向您的钱包而不是它自己的钱包索取发票。本页的检查能看出发票付给谁的钱包，每天进行一次。</translation>
  </message>
  <message>
   <source>The proxy answers again.</source>
   <translation>代理又有回应了。</translation>
  </message>
  <message>
   <source>The proxy answers.</source>
   <translation>代理有回应。</translation>
  </message>
  <message>
   <source>The proxy at {place} does not answer, and TipDesk goes no other way. Start Tor, or change the proxy in Settings, Privacy.</source>
   <translation>{place} 的代理没有回应，而 TipDesk 不走别的路。请启动 Tor，或在“设置”的“隐私”中更改代理。</translation>
  </message>
  <message>
   <source>The proxy at {place} wants a login of its own, which TipDesk does not give. Use Tor, or another proxy without one.</source>
   <translation>{place} 的代理要求它自己的登录，TipDesk 不提供。请用 Tor，或别的不需登录的代理。</translation>
  </message>
  <message>
   <source>The proxy could not reach {host}: {why}.</source>
   <translation>代理无法连到 {host}：{why}。</translation>
  </message>
  <message>
   <source>The receiver</source>
   <translation>收款人</translation>
  </message>
  <message>
   <source>The receiver did not answer within {seconds} seconds: perhaps they are not there. No money moved.</source>
   <translation>收款人 {seconds} 秒内没有回应：可能不在线。没有动用任何钱。</translation>
  </message>
  <message>
   <source>The receiver does not accept this payment: unknown, already paid or expired.</source>
   <translation>收款方不接受这笔付款：未知、已支付或已过期。</translation>
  </message>
  <message>
   <source>The receiver gave no invoice and did not say why. No money moved.</source>
   <translation>收款人没有给出发票，也没有说明原因。没有动用任何钱。</translation>
  </message>
  <message>
   <source>The receiver gave no invoice. They said: "{words}". No money moved.</source>
   <translation>收款人没有给出发票。对方说：“{words}”。没有动用任何钱。</translation>
  </message>
  <message>
   <source>The receiver has no channel that is known.</source>
   <translation>收款方没有已知的通道。</translation>
  </message>
  <message>
   <source>The receiver hid the end of the way: who they are, and how many nodes there are.</source>
   <translation>收款人隐藏了路线的末端：是谁，有多少个节点。</translation>
  </message>
  <message>
   <source>The receiver refused the payment.</source>
   <translation>收款方拒绝了付款。</translation>
  </message>
  <message>
   <source>The receiver's channel partner</source>
   <translation>收款人的通道对方</translation>
  </message>
  <message>
   <source>The receiver, hidden</source>
   <translation>收款人，已隐藏</translation>
  </message>
  <message>
   <source>The recipient's server accepts tips from {least} to {most}, not {amount}. No money moved.</source>
   <translation>收款人的服务器接受 {least} 到 {most} 的打赏，不能是 {amount}。没有动用任何钱。</translation>
  </message>
  <message>
   <source>The recipient's server publishes no receipts.</source>
   <translation>收款人的服务器不发布收据。</translation>
  </message>
  <message>
   <source>The recipient's server refused.</source>
   <translation>收款人的服务器拒绝了。</translation>
  </message>
  <message>
   <source>The recipient's server refused. It said: "{reason}".</source>
   <translation>收款人的服务器拒绝了。它说：“{reason}”。</translation>
  </message>
  <message>
   <source>The recipient's server refused. It said: "{reason}". No money moved.</source>
   <translation>收款人的服务器拒绝了。它说：“{reason}”。没有动用任何钱。</translation>
  </message>
  <message>
   <source>The recipient's server refused. No money moved.</source>
   <translation>收款人的服务器拒绝了。没有动用任何钱。</translation>
  </message>
  <message>
   <source>The recipient's server returned an invoice for {found}, but this wallet is on {expected}. No money moved.</source>
   <translation>收款人的服务器返回了 {found} 的发票，而这个钱包在 {expected} 上。没有动用任何钱。</translation>
  </message>
  <message>
   <source>The recipient's server returned an invoice over {found} for a tip of {asked} sat. It was not paid: no money moved.</source>
   <translation>收款人的服务器为 {asked} sat 的打赏返回了 {found} 的发票。没有支付它：没有动用任何钱。</translation>
  </message>
  <message>
   <source>The recipient's server returned an invoice that cannot be paid. {problem} No money moved.</source>
   <translation>收款人的服务器返回了无法支付的发票。{problem} 没有动用任何钱。</translation>
  </message>
  <message>
   <source>The recipient's server returned an invoice that has already expired. No money moved.</source>
   <translation>收款人的服务器返回了已过期的发票。没有动用任何钱。</translation>
  </message>
  <message>
   <source>The recipient's server returned an invoice that was used before. It was not paid: no money moved. You can try again; the server should give a fresh one.</source>
   <translation>收款人的服务器返回了以前用过的发票。没有支付它：没有动用任何钱。你可以再试；服务器应当给出新的发票。</translation>
  </message>
  <message>
   <source>The recipient's server wants to know who pays ({names}), and TipDesk tells nobody. No money moved. Ask the recipient for another address.</source>
   <translation>收款人的服务器要知道付款人是谁 ({names})，而 TipDesk 不告诉任何人。没有动用任何钱。请向收款人要另一个地址。</translation>
  </message>
  <message>
   <source>The relays do not answer</source>
   <translation>中继没有回应</translation>
  </message>
  <message>
   <source>The relays that answered hold no post of anybody in this list.</source>
   <translation>回应的中继上没有这个列表中任何人的帖子。</translation>
  </message>
  <message>
   <source>The relays that answered hold no post of theirs.</source>
   <translation>回应的中继上没有此人的帖子。</translation>
  </message>
  <message>
   <source>The relays that answered hold no post with #{tag}.</source>
   <translation>回应的中继上没有带 #{tag} 的帖子。</translation>
  </message>
  <message>
   <source>The report</source>
   <translation>报告</translation>
  </message>
  <message>
   <source>The report was not written to {path}: {why}. Choose another folder.</source>
   <translation>报告没有写入 {path}：{why}。请选择另一个文件夹。</translation>
  </message>
  <message>
   <source>The request does not say how much is to be paid.</source>
   <translation>请求没有说明要付多少。</translation>
  </message>
  <message>
   <source>The request is for another network than {network}.</source>
   <translation>请求属于 {network} 以外的网络。</translation>
  </message>
  <message>
   <source>The request is not for this offer.</source>
   <translation>请求不是针对这份要约的。</translation>
  </message>
  <message>
   <source>The request is not signed by who it says has made it.</source>
   <translation>请求不是由所称的制作者签名的。</translation>
  </message>
  <message>
   <source>The request names an address that cannot be one.</source>
   <translation>请求写了一个不可能存在的地址。</translation>
  </message>
  <message>
   <source>The request's time is more than a minute away from ours. Nothing was done for it.</source>
   <translation>请求的时间与我们的相差超过一分钟。没有为它做任何事。</translation>
  </message>
  <message>
   <source>The route is not known: another wallet paid this, or TipDesk did before it kept routes. Nothing is wrong with the payment.</source>
   <translation>路由未知：由另一个钱包支付，或在 TipDesk 保存路由之前支付。付款没有任何问题。</translation>
  </message>
  <message>
   <source>The route it took</source>
   <translation>付款走的路由</translation>
  </message>
  <message>
   <source>The route of {what}</source>
   <translation>路由：{what}</translation>
  </message>
  <message>
   <source>The rune cannot be read. Paste the whole of it, as createrune printed it.</source>
   <translation>无法读取 rune。请按 createrune 的输出完整粘贴。</translation>
  </message>
  <message>
   <source>The same again</source>
   <translation>再输入一次</translation>
  </message>
  <message>
   <source>The secret</source>
   <translation>密钥</translation>
  </message>
  <message>
   <source>The secrets of this profile cannot be moved there. Nothing was changed.</source>
   <translation>这个配置的秘密不能移到那里。没有做任何更改。</translation>
  </message>
  <message>
   <source>The server at {where} shows a certificate that nobody vouches for. Compare its fingerprint with that of your node before you trust it.</source>
   <translation>{where} 的服务器出示了无人担保的证书。信任之前，请将其指纹与您节点的比较。</translation>
  </message>
  <message>
   <source>The server at {where} shows another certificate than before. If you renewed it on your node, connect the wallet anew; if not, somebody may stand in between. Nothing was sent to it.</source>
   <translation>{where} 的服务器出示了与以前不同的证书。如果您在节点上更新过证书，请重新连接钱包；否则可能有人从中拦截。没有向它发送任何东西。</translation>
  </message>
  <message>
   <source>The server learns whom you look up, and your network address unless a proxy keeps it. It cannot make up an answer: TipDesk checks every signature up to the root of the domain name system.</source>
   <translation>服务器会知道你查询谁，若没有代理遮挡，还会知道你的网络地址。它无法编造回答：TipDesk 检查每一个签名，一直到域名系统的根。</translation>
  </message>
  <message>
   <source>The server of their address</source>
   <translation>对方地址的服务器</translation>
  </message>
  <message>
   <source>The server takes plain payments only: tips come in, but nobody sees a zap.</source>
   <translation>服务器只接受普通付款：打赏能到账，但没有人会看到 zap。</translation>
  </message>
  <message>
   <source>The server that answers for this address makes wrong invoices: use another one.</source>
   <translation>为这个地址应答的服务器开出错误的发票：请换一个。</translation>
  </message>
  <message>
   <source>The server that holds a picture learns when you look, and your network address unless a proxy keeps it. A picture that is not asked for is shown as a frame: press it, or S, to see it.</source>
   <translation>存放图片的服务器会知道查看时间，若没有代理遮挡，还会知道你的网络地址。未加载的图片显示为一个框：点它或按 S 查看。</translation>
  </message>
  <message>
   <source>The server's address cannot be read. Write it as host:port.</source>
   <translation>无法读取服务器地址。请写成 host:port。</translation>
  </message>
  <message>
   <source>The server's name has letters that may look like others.</source>
   <translation>服务器的名字中有容易看成其他字母的字母。</translation>
  </message>
  <message>
   <source>The signatures of {zone}, which prove what {name} stands for, are out of date. See that this computer's clock is right, or try again later.</source>
   <translation>证明 {name} 所指的 {zone} 的签名已经过期。请确认这台电脑的时钟正确，或稍后再试。</translation>
  </message>
  <message>
   <source>The smallest amount, in millisats,</source>
   <translation>最小金额（以毫聪计）</translation>
  </message>
  <message>
   <source>The system keyring cannot be used ({why}). Give a passphrase for TipDesk's own encrypted vault with --passphrase-file. No money moved.</source>
   <translation>无法使用系统密钥环（{why}）。请用 --passphrase-file 为 TipDesk 自己的加密保险库提供密码短语。没有动用任何钱。</translation>
  </message>
  <message>
   <source>The system's keyring</source>
   <translation>系统密钥环</translation>
  </message>
  <message>
   <source>The text. Many apps show Markdown (# heading, * list, &gt; quote); TipDesk shows the marks as they are.</source>
   <translation>正文。许多应用会显示 Markdown（# 标题、* 列表、&gt; 引用）；TipDesk 按原样显示这些符号。</translation>
  </message>
  <message>
   <source>The time under You is measured here.</source>
   <translation>“你”下面的时间是在这里测量的。</translation>
  </message>
  <message>
   <source>The time under a node is how long it held the payment, by its own word, with the nodes behind it.</source>
   <translation>节点下面的时间是它自己报告的付款停留时间，包含它后面的节点。</translation>
  </message>
  <message>
   <source>The trigger {name} cannot be: {why}.</source>
   <translation>触发器 {name} 不行：{why}。</translation>
  </message>
  <message>
   <source>The two are not the same. Type the new passphrase twice.</source>
   <translation>两次输入不一致。请输入两次新的密码短语。</translation>
  </message>
  <message>
   <source>The two are not the same: write it again.</source>
   <translation>两次输入不一致：请重新输入。</translation>
  </message>
  <message>
   <source>The usual ones</source>
   <translation>常用金额</translation>
  </message>
  <message>
   <source>The vault {path} cannot be used: {why}.</source>
   <translation>无法使用保险库 {path}：{why}。</translation>
  </message>
  <message>
   <source>The vault {path} is damaged ({reason}). It was not changed.</source>
   <translation>保险库 {path} 已损坏（{reason}）。没有对它做更改。</translation>
  </message>
  <message>
   <source>The volume</source>
   <translation>音量</translation>
  </message>
  <message>
   <source>The wallet cannot keep a fee limit, so that no budget could be kept. Nothing was paid.</source>
   <translation>该钱包不能遵守手续费上限，因此无法保证预算。没有付款。</translation>
  </message>
  <message>
   <source>The wallet did not answer within {seconds} seconds. See that it runs and is online, then try again.</source>
   <translation>钱包在 {seconds} 秒内没有应答。请确认它在运行且在线，然后重试。</translation>
  </message>
  <message>
   <source>The wallet in {folder} keeps its words in the keyring of this system, so there is no vault file for a passphrase to open, and none was made. Open it without a passphrase. Nothing was changed.</source>
   <translation>{folder} 中的钱包把助记词存放在系统密钥环中，所以没有可用密码短语打开的保险库文件，也没有新建。请不带密码短语打开。没有做任何更改。</translation>
  </message>
  <message>
   <source>The wallet is being asked what is in it.</source>
   <translation>正在查询钱包里有什么。</translation>
  </message>
  <message>
   <source>The wallet knows this payment and does not tell how it stands.</source>
   <translation>钱包知道这笔付款，但没有告知其状态。</translation>
  </message>
  <message>
   <source>The wallet never started this payment: TipDesk was closed just before. No money moved. You can send it again.</source>
   <translation>钱包没有开始这笔付款：TipDesk 刚好在此之前关闭了。没有动用任何钱。你可以重新发送。</translation>
  </message>
  <message>
   <source>The wallet says that it was paid, and shows no proof of it.</source>
   <translation>钱包声称已付，但没有出示证明。</translation>
  </message>
  <message>
   <source>The wallet that pays now cannot do this: choose your own node to pay with.</source>
   <translation>现在用来付款的钱包做不到：请选择用你自己的节点付款。</translation>
  </message>
  <message>
   <source>The wallet that was told to pay is not connected</source>
   <translation>负责支付的钱包未连接</translation>
  </message>
  <message>
   <source>The wallet was asked before, and it is not settled yet.</source>
   <translation>此前已请求过钱包，尚未结算。</translation>
  </message>
  <message>
   <source>The wallet was asked to pay and has not said what became of it.</source>
   <translation>已请求钱包付款，它还没有告知结果。</translation>
  </message>
  <message>
   <source>The way is too long: {size} of {room} bytes.</source>
   <translation>路线太长：{size} 字节，只有 {room} 字节的位置。</translation>
  </message>
  <message numerus="yes">
   <source>The way of {count} more parts is not known.</source>
   <translation>
    <numerusform>另有 {count} 份的路由未知。</numerusform>
   </translation>
  </message>
  <message>
   <source>The words bring back your coins. The channel backup asks the other sides of your channels to pay out what was yours. Never run one wallet in two places.</source>
   <translation>助记词找回你的币。通道备份会请通道对方付出属于你的部分。绝不要在两个地方运行同一个钱包。</translation>
  </message>
  <message>
   <source>The words do not bring it back. Without it a new one is made.</source>
   <translation>助记词不能恢复它。没有的话会生成一把新的。</translation>
  </message>
  <message>
   <source>The words of the wallet in {folder} are not where TipDesk kept them: its entry in the keyring is gone, or the folder was moved. No new words were made and nothing was changed. Type the words that you wrote down, and your money and channels are there again.</source>
   <translation>{folder} 中钱包的助记词不在 TipDesk 存放的地方：密钥环中的条目不见了，或文件夹被移动了。没有生成新的助记词，也没有做任何更改。输入你抄下的助记词，你的钱和通道就都回来了。</translation>
  </message>
  <message>
   <source>The words of this profile</source>
   <translation>这个配置的助记词</translation>
  </message>
  <message>
   <source>The words of this profile take the lock away. They are checked on this machine alone. Nobody from TipDesk ever asks for your words.</source>
   <translation>这个配置的助记词可以解除锁。只在这台机器上核对。TipDesk 的任何人都绝不会索要你的助记词。</translation>
  </message>
  <message>
   <source>The words of this wallet</source>
   <translation>这个钱包的助记词</translation>
  </message>
  <message>
   <source>The words of your wallet</source>
   <translation>你钱包的助记词</translation>
  </message>
  <message>
   <source>The words that your money hangs on, and your Nostr key.</source>
   <translation>你的钱所依赖的助记词，以及你的 Nostr 密钥。</translation>
  </message>
  <message>
   <source>The writer relies on something that TipDesk does not know (field {field}).</source>
   <translation>作者用到了 TipDesk 不认识的东西（{field} 栏）。</translation>
  </message>
  <message>
   <source>Their entry</source>
   <translation>对方的条目</translation>
  </message>
  <message>
   <source>Their invoice is for {network}. Ask them for another.</source>
   <translation>对方的发票属于 {network}。请向对方要另一张。</translation>
  </message>
  <message>
   <source>Their name on Nostr</source>
   <translation>对方在 Nostr 上的名字</translation>
  </message>
  <message>
   <source>Their node announced itself {moment}.</source>
   <translation>对方的节点{moment}公告过自己。</translation>
  </message>
  <message>
   <source>Their offer is for another network. Ask them for another.</source>
   <translation>对方的要约属于另一个网络。请向对方要另一份。</translation>
  </message>
  <message>
   <source>Their place</source>
   <translation>存放位置</translation>
  </message>
  <message>
   <source>Their profile names no lightning address, or could not be found. No money moved. You can try again later.</source>
   <translation>对方的资料没有写闪电地址，或找不到资料。没有动用任何钱。你可以稍后再试。</translation>
  </message>
  <message>
   <source>Their server has published no receipt so far; the money arrived all the same.</source>
   <translation>对方的服务器到目前为止没有发布收据；钱照样到账了。</translation>
  </message>
  <message>
   <source>Their server passes your message on.</source>
   <translation>对方的服务器会转达你的留言。</translation>
  </message>
  <message>
   <source>Their server wrote this. TipDesk cannot know whether it is true.</source>
   <translation>这是对方的服务器写的。TipDesk 无法知道是否属实。</translation>
  </message>
  <message>
   <source>Their words came in a private message. Nobody else sees them.</source>
   <translation>对方的话是私密消息发来的。别人看不到。</translation>
  </message>
  <message>
   <source>Their words say {said}. What would be paid is {amount}.</source>
   <translation>对方写的是 {said}。实际要付的是 {amount}。</translation>
  </message>
  <message>
   <source>Theirs {amount}</source>
   <translation>对方 {amount}</translation>
  </message>
  <message>
   <source>Them</source>
   <translation>对方</translation>
  </message>
  <message>
   <source>Theme</source>
   <translation>主题</translation>
  </message>
  <message>
   <source>There are no payment instructions under {name}. Is it spelt right?</source>
   <translation>{name} 下没有支付信息。拼写对吗？</translation>
  </message>
  <message>
   <source>There are no sats here yet. Send some from another wallet to your address on chain; with them you open your first channel.</source>
   <translation>这里还没有聪。请从另一个钱包发一些到你的链上地址；用它们打开你的第一条通道。</translation>
  </message>
  <message>
   <source>There are several codes in this picture. Cut out the one that you mean.</source>
   <translation>这张图片里有多个码。请截取你要的那一个。</translation>
  </message>
  <message>
   <source>There are {most} drafts, and no room for more. Publish or delete one first.</source>
   <translation>已有 {most} 份草稿，放不下更多。请先发布或删除一份。</translation>
  </message>
  <message>
   <source>There are {most} profiles on this machine already.</source>
   <translation>这台机器上已有 {most} 个配置。</translation>
  </message>
  <message>
   <source>There are {size} bytes; more than {maximum} are not read.</source>
   <translation>有 {size} 字节；超过 {maximum} 字节不读取。</translation>
  </message>
  <message>
   <source>There is a field that does not belong there ({field}).</source>
   <translation>有一栏不属于那里（{field}）。</translation>
  </message>
  <message>
   <source>There is a profile in {folder} already, and it may hold newer channels than any backup. Nothing was changed: restore into another folder.</source>
   <translation>{folder} 中已有一个配置，其中的通道可能比任何备份都新。没有做任何更改：请恢复到另一个文件夹。</translation>
  </message>
  <message>
   <source>There is a rule for that amount. Choose another one.</source>
   <translation>这个金额已有规则。请选择另一个。</translation>
  </message>
  <message>
   <source>There is a vault file in {folder} already. Nothing was changed.</source>
   <translation>{folder} 中已有保险库文件。没有做任何更改。</translation>
  </message>
  <message>
   <source>There is no channel backup yet: it is written when the first channel is opened. Your words alone bring back what is on chain.</source>
   <translation>还没有通道备份：打开第一条通道时会写入。链上的币只靠助记词就能找回。</translation>
  </message>
  <message>
   <source>There is no profile called {name} on this machine.</source>
   <translation>这台机器上没有名为 {name} 的配置。</translation>
  </message>
  <message>
   <source>There is no such channel.</source>
   <translation>没有这样的通道。</translation>
  </message>
  <message>
   <source>There is no way to the receiver just now.</source>
   <translation>此刻没有路通往收款方。</translation>
  </message>
  <message>
   <source>There is nobody who could be told of this payment.</source>
   <translation>没有人可以就这笔付款得到通知。</translation>
  </message>
  <message>
   <source>There is not enough in your channels for this amount.</source>
   <translation>你的通道里没有这么多钱。</translation>
  </message>
  <message>
   <source>There is nothing to publish yet. Write something first.</source>
   <translation>还没有可发布的内容。请先写点什么。</translation>
  </message>
  <message>
   <source>There is room for {most} characters beside the amount; these are {length}.</source>
   <translation>除金额外只有 {most} 个字符的位置；这里有 {length} 个。</translation>
  </message>
  <message>
   <source>There is room for {most} characters; these are {length}.</source>
   <translation>只有 {most} 个字符的位置；这里有 {length} 个。</translation>
  </message>
  <message>
   <source>They</source>
   <translation>对方</translation>
  </message>
  <message>
   <source>They answered: pay their request when you like.</source>
   <translation>对方回复了：想付的时候就付对方的请求。</translation>
  </message>
  <message>
   <source>They are in the file now, and the keyring has forgotten them.</source>
   <translation>它们现在在文件中，密钥环已将其清除。</translation>
  </message>
  <message>
   <source>They are in the file now. The keyring did not forget them yet: TipDesk asks it again when it starts.</source>
   <translation>它们现在在文件中。密钥环还没有将其清除：TipDesk 启动时会再次要求。</translation>
  </message>
  <message>
   <source>They are in the system's keyring now, and the file is gone.</source>
   <translation>它们现在在系统密钥环中，文件已移除。</translation>
  </message>
  <message>
   <source>They are not in your people any more.</source>
   <translation>对方已不在你的联系人中。</translation>
  </message>
  <message>
   <source>They ask for money, and do not say where to. Ask them for an invoice.</source>
   <translation>对方请求付款，却没有说付到哪里。请向对方要一张发票。</translation>
  </message>
  <message>
   <source>They bring your money back if this computer is lost. Not checked yet: write them on paper. {never}</source>
   <translation>如果这台电脑丢失，它们能找回你的钱。尚未核对：请写在纸上。{never}</translation>
  </message>
  <message>
   <source>They can write in your name and read your messages, and it cannot be changed. Paste it only into a program that you trust as much as TipDesk. Your money is not reached by it.</source>
   <translation>他们能以你的名义写作、读你的消息，而且无法更换。只粘贴到你像信任 TipDesk 一样信任的程序里。它动不了你的钱。</translation>
  </message>
  <message>
   <source>They could be asked, and cannot be paid now: {reason} No money moved.</source>
   <translation>已问到对方，但现在无法付款：{reason}没有动用任何钱。</translation>
  </message>
  <message>
   <source>They go from the keyring of this system into an encrypted file of this profile. From then on TipDesk asks for its passphrase at each start, and nobody can tell it to you if you forget it: then only your words bring the money back.</source>
   <translation>它们会从系统密钥环移到这个配置的加密文件中。此后 TipDesk 每次启动都会询问它的密码短语，如果忘了，没有人能告诉你：那时只有助记词能找回钱。</translation>
  </message>
  <message>
   <source>They go into the keyring of this system, and the encrypted file is removed. TipDesk then starts without a passphrase, once you are logged in.</source>
   <translation>它们会移到系统密钥环中，加密文件会被移除。此后只要你已登录系统，TipDesk 启动就不需要密码短语。</translation>
  </message>
  <message>
   <source>They have no place for private messages now.</source>
   <translation>对方现在没有接收私密消息的地方。</translation>
  </message>
  <message>
   <source>They have not said yet how it can be paid.</source>
   <translation>对方还没有说明如何付款。</translation>
  </message>
  <message>
   <source>They have your invoice now.</source>
   <translation>对方现在有你的发票了。</translation>
  </message>
  <message>
   <source>They keep a sealed message for the receiver, from a key made for it.</source>
   <translation>它们保存一条给收款人的密封消息，来自专门为此制作的密钥。</translation>
  </message>
  <message>
   <source>They know whom you follow elsewhere.</source>
   <translation>它们知道你在别处关注谁。</translation>
  </message>
  <message>
   <source>They learn what you search for. Relays of yours that say they can search are asked too; without any, only what is here already is searched.</source>
   <translation>它们会知道你搜索什么。你自己的、表示支持搜索的中继也会被询问；没有的话，只搜索本地已有的内容。</translation>
  </message>
  <message>
   <source>They learn whom you read and your public tips.</source>
   <translation>它们会知道你读谁的内容和你的公开打赏。</translation>
  </message>
  <message>
   <source>They learn your addresses and when you look. Two are asked, so that neither can hide something alone; what they tell is proven against the chain.</source>
   <translation>它们会知道你的地址和查看时间。会询问两个，任何一个都无法单独隐瞒；它们所说的都会对照区块链验证。</translation>
  </message>
  <message>
   <source>They refused it.</source>
   <translation>对方拒绝了。</translation>
  </message>
  <message>
   <source>They said so in a private message, which is signed. Only you see who it was.</source>
   <translation>对方在一条签名的私密消息中这么说。只有你能看到是谁。</translation>
  </message>
  <message>
   <source>They say: "{words}".</source>
   <translation>对方说：“{words}”。</translation>
  </message>
  <message>
   <source>They see that you use a proxy.</source>
   <translation>他们能看到你使用代理。</translation>
  </message>
  <message>
   <source>They see that your node talks to its peer, and nothing of what is said.</source>
   <translation>他们能看到你的节点与对等节点通信，但看不到内容。</translation>
  </message>
  <message>
   <source>They want to send it to you, and wait for an invoice.</source>
   <translation>对方想汇给你，正在等一张发票。</translation>
  </message>
  <message>
   <source>They will arrive, or come back to you. There is nothing to do.</source>
   <translation>它们会到账，或退回给你。你什么都不用做。</translation>
  </message>
  <message>
   <source>Third amount</source>
   <translation>第三个金额</translation>
  </message>
  <message>
   <source>This address cannot be read, so it is not opened.</source>
   <translation>这个地址无法读取，所以没有打开。</translation>
  </message>
  <message>
   <source>This address is for {found}, and this profile is on {wanted}. Ask for an address of the same network. No money moved.</source>
   <translation>这个地址属于 {found}，而这个配置在 {wanted} 上。请索要同一网络的地址。没有动用任何钱。</translation>
  </message>
  <message>
   <source>This answers a post that none of the relays asked has.</source>
   <translation>它回复的帖子，询问过的中继都没有。</translation>
  </message>
  <message>
   <source>This app is not connected any more.</source>
   <translation>此应用已不再连接。</translation>
  </message>
  <message>
   <source>This cannot be paid. Ask them for another one. No money moved.</source>
   <translation>这个无法支付。请向对方要另一个。没有动用任何钱。</translation>
  </message>
  <message>
   <source>This connection has expired.</source>
   <translation>此连接已过期。</translation>
  </message>
  <message>
   <source>This connection has no such invoice or payment.</source>
   <translation>此连接没有这样的发票或付款。</translation>
  </message>
  <message>
   <source>This connection is not allowed to do that.</source>
   <translation>此连接不允许这样做。</translation>
  </message>
  <message>
   <source>This connection was revoked.</source>
   <translation>此连接已撤销。</translation>
  </message>
  <message>
   <source>This desktop does not let programs look at the screen. Take a picture of the code with its own tool, and paste it or drop it here.</source>
   <translation>这个桌面不允许程序查看屏幕。请用它自带的工具截取码，然后粘贴或拖到这里。</translation>
  </message>
  <message>
   <source>This desktop shows no notifications: {why}.</source>
   <translation>这个桌面不显示通知：{why}。</translation>
  </message>
  <message>
   <source>This desktop shows no tray, so closing the window ends TipDesk.</source>
   <translation>这个桌面没有托盘，所以关闭窗口就会结束 TipDesk。</translation>
  </message>
  <message>
   <source>This did not open</source>
   <translation>没有打开</translation>
  </message>
  <message>
   <source>This draft was published or deleted already.</source>
   <translation>这份草稿已经发布或删除。</translation>
  </message>
  <message>
   <source>This goes into Tor's torrc. Only wallets that go over Tor reach an onion address; TipDesk tries it like one of them, if Tor is set as the proxy in Settings, Privacy.</source>
   <translation>把它写进 Tor 的 torrc。只有走 Tor 的钱包才能访问洋葱地址；如果在“设置”的“隐私”中把 Tor 设为代理，TipDesk 会像这样的钱包一样试着访问它。</translation>
  </message>
  <message>
   <source>This has expired. Ask them for a new one. No money moved.</source>
   <translation>这个已过期。请向对方要一个新的。没有动用任何钱。</translation>
  </message>
  <message>
   <source>This invoice is in your history already</source>
   <translation>这张发票已在你的历史中</translation>
  </message>
  <message>
   <source>This invoice is your own.</source>
   <translation>这张发票是你自己的。</translation>
  </message>
  <message>
   <source>This invoice was paid before.</source>
   <translation>这张发票以前付过了。</translation>
  </message>
  <message>
   <source>This invoice would pay your own wallet. No money moved.</source>
   <translation>这张发票会付给你自己的钱包。没有动用任何钱。</translation>
  </message>
  <message>
   <source>This is a post, not a person. Paste an npub or a name.</source>
   <translation>这是一篇帖子，不是一个人。请粘贴 npub 或名字。</translation>
  </message>
  <message>
   <source>This is being paid already. It is not paid a second time.</source>
   <translation>正在支付这一笔。不会再付第二次。</translation>
  </message>
  <message>
   <source>This is no Lightning invoice: one begins with lnbc</source>
   <translation>这不是闪电发票：发票以 lnbc 开头</translation>
  </message>
  <message>
   <source>This is no link to a wallet that TipDesk knows. It begins with lndconnect, clnrest or http, or fill in address and key below.</source>
   <translation>这不是 TipDesk 认识的钱包链接。链接以 lndconnect、clnrest 或 http 开头；也可以在下面填写地址和密钥。</translation>
  </message>
  <message>
   <source>This is no name under a domain: it looks like name@example.com.</source>
   <translation>这不是域名下的名字：格式如 name@example.com。</translation>
  </message>
  <message>
   <source>This is no npub or nprofile: a letter is wrong or missing.</source>
   <translation>这不是 npub 或 nprofile：有字母错了或缺了。</translation>
  </message>
  <message>
   <source>This is no npub: one begins with npub1. A link to a profile works as well.</source>
   <translation>这不是 npub：npub 以 npub1 开头。资料链接也可以。</translation>
  </message>
  <message>
   <source>This is no offer: one begins with lno1. Check that all of it was pasted.</source>
   <translation>这不是要约：要约以 lno1 开头。请检查是否粘贴完整。</translation>
  </message>
  <message>
   <source>This is no picture that TipDesk can look at. Use a PNG, JPEG, WebP, GIF or BMP of less than 20 MB.</source>
   <translation>TipDesk 无法查看这张图片。请使用小于 20 MB 的 PNG、JPEG、WebP、GIF 或 BMP。</translation>
  </message>
  <message>
   <source>This is no way to reach somebody again. Paste an npub, a lightning address, a ₿ name, an offer or a node's key.</source>
   <translation>这不能用来再次联系某人。请粘贴 npub、闪电地址、₿ 名称、要约或节点公钥。</translation>
  </message>
  <message>
   <source>This is no web address: it begins with https://.</source>
   <translation>这不是网址：网址以 https:// 开头。</translation>
  </message>
  <message>
   <source>This is you</source>
   <translation>这是你</translation>
  </message>
  <message>
   <source>This is your own invoice.</source>
   <translation>这是你自己的发票。</translation>
  </message>
  <message>
   <source>This is your own npub.</source>
   <translation>这是你自己的 npub。</translation>
  </message>
  <message>
   <source>This key allows neither paying nor being paid. To pay, it must also allow asking what became of a payment. Make another one in your wallet.</source>
   <translation>此密钥既不允许付款也不允许收款。要付款，还必须允许查询付款结果。请在钱包里另生成一个。</translation>
  </message>
  <message>
   <source>This leads to a post that is not here, and it does not say who wrote it. Paste the author's npub instead. No money moved.</source>
   <translation>它指向一篇不在这里的帖子，也没有说明作者。请改贴作者的 npub。没有动用任何钱。</translation>
  </message>
  <message>
   <source>This leads to nobody who can be paid. Paste a lightning address, an LNURL, an invoice, an npub or a node's key. No money moved.</source>
   <translation>它没有指向任何可以收款的人。请粘贴闪电地址、LNURL、发票、npub 或节点公钥。没有动用任何钱。</translation>
  </message>
  <message>
   <source>This link came from outside. Whoever made it holds what you receive with it: go on only if it is from your own wallet.</source>
   <translation>此链接来自外部。制作它的人将持有您用它收到的钱：只有当它来自您自己的钱包时才继续。</translation>
  </message>
  <message>
   <source>This link cannot be used: {problem}. Ask for a new one. No money moved.</source>
   <translation>这个链接不能用：{problem}。请索要新的。没有动用任何钱。</translation>
  </message>
  <message>
   <source>This link leads to LND's gRPC port (10009). TipDesk speaks to the REST port, mostly 8080: make a link for REST.</source>
   <translation>此链接指向 LND 的 gRPC 端口（10009）。TipDesk 使用 REST 端口，通常是 8080：请为 REST 生成链接。</translation>
  </message>
  <message>
   <source>This link was made here, for an app that pays from this TipDesk. The wallet that it leads to is the one that you have. Nothing was changed.</source>
   <translation>此链接是在这里为从本 TipDesk 付款的应用生成的。它指向的就是您现有的钱包。没有任何改动。</translation>
  </message>
  <message>
   <source>This list is not on your relays any more.</source>
   <translation>这个列表已不在你的中继上。</translation>
  </message>
  <message>
   <source>This message asks for nothing that can be paid. No money moved.</source>
   <translation>这条消息没有要求任何可支付的东西。没有动用任何钱。</translation>
  </message>
  <message>
   <source>This names nobody: an npub, an nprofile, a link or a name@domain is needed.</source>
   <translation>这没有指向任何人：需要 npub、nprofile、链接或 名字@域名。</translation>
  </message>
  <message>
   <source>This offer is for another network than this profile's, which is {network}.</source>
   <translation>这份要约所属的网络与此配置的网络 {network} 不同。</translation>
  </message>
  <message>
   <source>This one is closed first. One profile is open at a time.</source>
   <translation>会先关闭当前的配置。一次只能打开一个配置。</translation>
  </message>
  <message>
   <source>This page pays out. Ask it how much: it learns your internet address.</source>
   <translation>这个页面会付款给你。询问它付多少：它会知道你的网络地址。</translation>
  </message>
  <message>
   <source>This payment does not fit into what is left of the budget. Nothing was paid.</source>
   <translation>这笔付款超出剩余预算。没有付款。</translation>
  </message>
  <message>
   <source>This payment hash belongs to a payment of another amount. Nothing more was paid.</source>
   <translation>此付款哈希属于另一金额的付款。没有再付款。</translation>
  </message>
  <message>
   <source>This post is not here. Your relays, and those the link names, can be asked for it; another app may show it too.</source>
   <translation>这篇帖子不在这里。可以向你的中继和链接所列的中继索取；其他应用也许也能显示。</translation>
  </message>
  <message>
   <source>This profile takes {most} in all, and {left} of that are left. The cap stands in its settings as balance_cap_sat. No money moved.</source>
   <translation>这个配置总共最多接受 {most}，还剩 {left}。上限写在它的设置 balance_cap_sat 中。没有动用任何钱。</translation>
  </message>
  <message>
   <source>This profile's secrets are behind a passphrase.</source>
   <translation>这个配置的秘密由密码短语保护。</translation>
  </message>
  <message>
   <source>This system has no keyring that TipDesk can trust.</source>
   <translation>这个系统没有 TipDesk 可以信任的密钥环。</translation>
  </message>
  <message>
   <source>This system has no keyring that can be trusted: a file it is.</source>
   <translation>这个系统没有可信的密钥环：只能用文件。</translation>
  </message>
  <message>
   <source>This system reads nothing aloud</source>
   <translation>这个系统不能朗读</translation>
  </message>
  <message>
   <source>This text begins with {found}, where {expected}1 was expected.</source>
   <translation>这段文字以 {found} 开头，而应为 {expected}1。</translation>
  </message>
  <message>
   <source>This text cannot be read: {problem}.</source>
   <translation>这段文字无法读取：{problem}。</translation>
  </message>
  <message>
   <source>This tip is not among those that came in.</source>
   <translation>这笔打赏不在收到的打赏之中。</translation>
  </message>
  <message>
   <source>This took too long: prepare it again. No money moved.</source>
   <translation>时间太久：请重新准备。没有动用任何钱。</translation>
  </message>
  <message>
   <source>This waits for the other side. No money moved.</source>
   <translation>正在等对方。没有动用任何钱。</translation>
  </message>
  <message>
   <source>This wallet cannot pay a node that did not ask for it. No money moved. Ask for an invoice or a lightning address.</source>
   <translation>这个钱包不能向没有索要付款的节点付款。没有动用任何钱。请索要发票或闪电地址。</translation>
  </message>
  <message>
   <source>This wallet cannot pay this invoice.</source>
   <translation>这个钱包付不了这张发票。</translation>
  </message>
  <message>
   <source>This wallet has no addresses on chain.</source>
   <translation>这个钱包没有链上地址。</translation>
  </message>
  <message>
   <source>This wallet is connected already, as {name}.</source>
   <translation>此钱包已连接，名为 {name}。</translation>
  </message>
  <message>
   <source>This wallet is not connected any more.</source>
   <translation>此钱包已不再连接。</translation>
  </message>
  <message>
   <source>This wallet is on {theirs}, and this profile is on {ours}. Begin a profile on {theirs} for it.</source>
   <translation>此钱包在 {theirs} 上，而此档案在 {ours} 上。请为它新建一个 {theirs} 档案。</translation>
  </message>
  <message>
   <source>This was answered already.</source>
   <translation>这个已经回复过了。</translation>
  </message>
  <message>
   <source>This was paid already. It is not paid a second time.</source>
   <translation>这一笔已经付过了。不会再付第二次。</translation>
  </message>
  <message>
   <source>This way tells others more than the best one does. No money moved.</source>
   <translation>这种方式比最好的方式让别人知道得更多。没有动用任何钱。</translation>
  </message>
  <message>
   <source>This way tells others more than the best one does:</source>
   <translation>这种方式比最好的方式让别人知道得更多：</translation>
  </message>
  <message>
   <source>This year</source>
   <translation>今年</translation>
  </message>
  <message>
   <source>Those are not the words of this profile. The lock stays.</source>
   <translation>这些不是这个配置的助记词。锁保持不变。</translation>
  </message>
  <message>
   <source>Those are not the words that the wallet in {folder} was made with. Nothing was changed. Look for the words of this profile, or make another profile from these.</source>
   <translation>这些不是 {folder} 中钱包的助记词。没有做任何更改。请找出这个配置的助记词，或用这些词新建另一个配置。</translation>
  </message>
  <message>
   <source>Tick the box if you accept the risk.</source>
   <translation>如果接受风险，请勾选。</translation>
  </message>
  <message>
   <source>Time</source>
   <translation>时间</translation>
  </message>
  <message>
   <source>Tip</source>
   <translation>打赏</translation>
  </message>
  <message>
   <source>Tip an amount of your own</source>
   <translation>自定金额打赏</translation>
  </message>
  <message>
   <source>Tip another amount</source>
   <translation>打赏其他金额</translation>
  </message>
  <message>
   <source>Tip less, or receive some money first.</source>
   <translation>请少打赏一些，或先收一些钱。</translation>
  </message>
  <message>
   <source>Tip one of the three amounts</source>
   <translation>打赏三个金额之一</translation>
  </message>
  <message>
   <source>Tip people for what they make</source>
   <translation>为人们的创作打赏</translation>
  </message>
  <message>
   <source>Tip the smallest of the three amounts</source>
   <translation>打赏三个金额中最小的</translation>
  </message>
  <message>
   <source>Tip them with {figures} sat</source>
   <translation>打赏此人 {figures} sat</translation>
  </message>
  <message>
   <source>Tip {amount}</source>
   <translation>打赏 {amount}</translation>
  </message>
  <message>
   <source>Tip {amount}. {cost}</source>
   <translation>打赏 {amount}。{cost}</translation>
  </message>
  <message>
   <source>Tip {name} {amount}</source>
   <translation>打赏 {name} {amount}</translation>
  </message>
  <message>
   <source>Tip {who}</source>
   <translation>打赏 {who}</translation>
  </message>
  <message>
   <source>Tip {who} another amount, with a comment</source>
   <translation>打赏 {who} 其他金额，并留言</translation>
  </message>
  <message>
   <source>Tip {who} {amount}</source>
   <translation>打赏 {who} {amount}</translation>
  </message>
  <message>
   <source>TipDesk answers for your lightning address itself and signs the receipts of zaps.</source>
   <translation>TipDesk 自己为你的闪电地址应答，并签署 zap 的收据。</translation>
  </message>
  <message>
   <source>TipDesk cannot write to {path}: {why}. It stops here so that nothing is lost; payments under way go on when it is started again.</source>
   <translation>TipDesk 无法写入 {path}：{why}。它就此停止，以免丢失任何东西；进行中的付款会在它再次启动后继续。</translation>
  </message>
  <message>
   <source>TipDesk does not know the currency {code}.</source>
   <translation>TipDesk 不认识货币 {code}。</translation>
  </message>
  <message>
   <source>TipDesk does not know this method.</source>
   <translation>TipDesk 不认识此方法。</translation>
  </message>
  <message>
   <source>TipDesk does not open the address {url}.</source>
   <translation>TipDesk 不打开地址 {url}。</translation>
  </message>
  <message>
   <source>TipDesk does not open {scheme} addresses</source>
   <translation>TipDesk 不打开 {scheme} 地址</translation>
  </message>
  <message>
   <source>TipDesk forgets its key. The money stays in it, and so does your history here. Revoke the key there too, if nobody else uses it.</source>
   <translation>TipDesk 会忘记它的密钥。钱仍在该钱包里，您在这里的历史也保留。若没有别人使用，请在那里也撤销密钥。</translation>
  </message>
  <message>
   <source>TipDesk is finding out whether {name} takes private messages. Try again in a moment, or send the tip without words. No money moved.</source>
   <translation>TipDesk 正在查询 {name} 是否接收私密消息。请稍后再试，或不留言直接打赏。没有动用任何钱。</translation>
  </message>
  <message>
   <source>TipDesk is locked</source>
   <translation>TipDesk 已锁定</translation>
  </message>
  <message>
   <source>TipDesk is not ready yet. No money moved.</source>
   <translation>TipDesk 尚未就绪。没有动用任何钱。</translation>
  </message>
  <message>
   <source>TipDesk keeps running</source>
   <translation>TipDesk 继续运行</translation>
  </message>
  <message>
   <source>TipDesk pays and is paid through it. What is under way stays with the wallet that holds it, and there is one history over all.</source>
   <translation>TipDesk 通过它付款和收款。进行中的付款留在原来的钱包，所有钱包共用一份历史。</translation>
  </message>
  <message>
   <source>TipDesk pays the BOLT 11 invoice of a link, and this one has none</source>
   <translation>TipDesk 支付链接中的 BOLT 11 发票，而这个链接没有</translation>
  </message>
  <message>
   <source>TipDesk speaks NIP-44 only. Nothing was done for this request.</source>
   <translation>TipDesk 只使用 NIP-44。没有为此请求做任何事。</translation>
  </message>
  <message>
   <source>TipDesk stays in the tray: it receives tips and looks after your channels.</source>
   <translation>TipDesk 留在托盘中：接收打赏并看管你的通道。</translation>
  </message>
  <message>
   <source>TipDesk stopped talking to this wallet because of a mistake of its own. Start TipDesk again.</source>
   <translation>由于 TipDesk 自身的错误，它停止了与此钱包的通信。请重新启动 TipDesk。</translation>
  </message>
  <message numerus="yes">
   <source>TipDesk waits {count} seconds more at the most. After that a tip that has not left is taken back, and what is on its way is followed up when you open TipDesk again.</source>
   <translation>
    <numerusform>TipDesk 最多再等 {count} 秒。之后尚未发出的打赏会被收回，已在途的会在你再次打开 TipDesk 时继续跟进。</numerusform>
   </translation>
  </message>
  <message>
   <source>TipDesk was closed before this tip was sent, so it was cancelled. No money moved. You can send it again.</source>
   <translation>TipDesk 在这笔打赏发出之前关闭了，所以已取消。没有动用任何钱。你可以重新发送。</translation>
  </message>
  <message>
   <source>TipDesk was closed while it ran. It was not started again.</source>
   <translation>它运行时 TipDesk 关闭了。没有再次启动它。</translation>
  </message>
  <message>
   <source>TipDesk's own wallet</source>
   <translation>TipDesk 自己的钱包</translation>
  </message>
  <message>
   <source>TipDesk, locked</source>
   <translation>TipDesk，已锁定</translation>
  </message>
  <message>
   <source>TipDesk: offline</source>
   <translation>TipDesk：离线</translation>
  </message>
  <message>
   <source>TipDesk: online</source>
   <translation>TipDesk：在线</translation>
  </message>
  <message>
   <source>Tipped {what}</source>
   <translation>已打赏 {what}</translation>
  </message>
  <message>
   <source>Tipping {what}</source>
   <translation>正在打赏 {what}</translation>
  </message>
  <message>
   <source>Tips</source>
   <translation>打赏</translation>
  </message>
  <message>
   <source>Tips and payments that come in, a tip that failed, and a channel that needs you, while the window is not in front. When TipDesk is locked or hides amounts, without amounts and names.</source>
   <translation>窗口不在前面时，通知到账的打赏和付款、失败的打赏以及需要你处理的通道。TipDesk 锁定或隐藏金额时，不显示金额和名字。</translation>
  </message>
  <message>
   <source>Tips from this amount on</source>
   <translation>从这个金额起的打赏</translation>
  </message>
  <message>
   <source>Tips from this amount on, shown for</source>
   <translation>从这个金额起的打赏，显示时长</translation>
  </message>
  <message>
   <source>Tips land here the moment they are paid. “Receiving” tells whether one would arrive.</source>
   <translation>打赏一付款就会出现在这里。“接收”页会告诉你打赏能不能到账。</translation>
  </message>
  <message>
   <source>Tips not counted here</source>
   <translation>这里不统计打赏</translation>
  </message>
  <message>
   <source>Tips received</source>
   <translation>收到的打赏</translation>
  </message>
  <message>
   <source>Tips sent</source>
   <translation>送出的打赏</translation>
  </message>
  <message>
   <source>Tips travel through channels: an amount set aside between you and another node. Opening and closing one is a transaction on the chain each, with its fee; the panel that opens it shows both beforehand. One hundredth of it stays in reserve until it is closed. The tips themselves cost next to nothing.</source>
   <translation>打赏通过通道传送：你和另一个节点之间预留的一笔金额。打开和关闭通道各是一笔链上交易，有手续费；打开通道的面板会事先显示两者。其中百分之一作为储备保留到关闭为止。打赏本身几乎不花钱。</translation>
  </message>
  <message>
   <source>Tips you send stand here from the moment you press the button, with what they cost and the way they took. Tips you receive stand here too.</source>
   <translation>你送出的打赏从按下按钮起就显示在这里，附带花费和所走的路由。你收到的打赏也显示在这里。</translation>
  </message>
  <message>
   <source>Title</source>
   <translation>标题</translation>
  </message>
  <message>
   <source>Title of the goal on the stream</source>
   <translation>直播上目标的标题</translation>
  </message>
  <message>
   <source>To</source>
   <translation>至</translation>
  </message>
  <message>
   <source>To find out whose name that is, TipDesk asks {domain}. They learn whom you look for, and your network address unless a proxy keeps it.</source>
   <translation>为了查出这个名字是谁的，TipDesk 会询问 {domain}。它会知道你在找谁，若没有代理遮挡，还会知道你的网络地址。</translation>
  </message>
  <message>
   <source>To one person a day</source>
   <translation>每天给一个人</translation>
  </message>
  <message>
   <source>To the latest message</source>
   <translation>到最新的消息</translation>
  </message>
  <message>
   <source>To their node</source>
   <translation>到对方的节点</translation>
  </message>
  <message>
   <source>To {address}</source>
   <translation>发到 {address}</translation>
  </message>
  <message numerus="yes">
   <source>To {count} relays</source>
   <translation>
    <numerusform>发往 {count} 个中继</numerusform>
   </translation>
  </message>
  <message>
   <source>To {name}</source>
   <translation>给 {name}</translation>
  </message>
  <message>
   <source>To {name}: {text} ({when})</source>
   <translation>致 {name}：{text}（{when}）</translation>
  </message>
  <message>
   <source>Today</source>
   <translation>今天</translation>
  </message>
  <message>
   <source>Tomorrow</source>
   <translation>明天</translation>
  </message>
  <message>
   <source>Too many alerts were waiting.</source>
   <translation>等待的提醒太多。</translation>
  </message>
  <message>
   <source>Too many requests wait for their answer. Nothing was done for this one.</source>
   <translation>等待应答的请求太多。没有为此请求做任何事。</translation>
  </message>
  <message>
   <source>Top tippers</source>
   <translation>打赏最多的人</translation>
  </message>
  <message>
   <source>Top tippers of</source>
   <translation>打赏排行，最近</translation>
  </message>
  <message>
   <source>Top tippers of, 0 for ever</source>
   <translation>打赏排行的天数，0 为不限</translation>
  </message>
  <message>
   <source>Tor, or another proxy</source>
   <translation>Tor 或其他代理</translation>
  </message>
  <message>
   <source>Transaction</source>
   <translation>交易</translation>
  </message>
  <message>
   <source>Tried again in {took}.</source>
   <translation>{took}后重试。</translation>
  </message>
  <message>
   <source>Triggers</source>
   <translation>触发器</translation>
  </message>
  <message>
   <source>Try a smaller picture, or choose another media server.</source>
   <translation>请试小一些的图片，或选择另一个媒体服务器。</translation>
  </message>
  <message>
   <source>Try again</source>
   <translation>重试</translation>
  </message>
  <message>
   <source>Try again in a minute, or with a smaller amount.</source>
   <translation>请一分钟后再试，或用更小的金额。</translation>
  </message>
  <message>
   <source>Try again in a minute.</source>
   <translation>请一分钟后再试。</translation>
  </message>
  <message numerus="yes">
   <source>Try again in {count} seconds</source>
   <translation>
    <numerusform>{count} 秒后重试</numerusform>
   </translation>
  </message>
  <message>
   <source>Try again later, or choose another media server.</source>
   <translation>请稍后再试，或选择另一个媒体服务器。</translation>
  </message>
  <message>
   <source>Try again later; small tips bear the fee of large ones.</source>
   <translation>请稍后再试；小额打赏要承担与大额一样的手续费。</translation>
  </message>
  <message>
   <source>Try again once it runs and answers.</source>
   <translation>等它运行并应答后再试。</translation>
  </message>
  <message>
   <source>Try again once the channel is back.</source>
   <translation>请等通道恢复后再试。</translation>
  </message>
  <message>
   <source>Try again, or ask the receiver.</source>
   <translation>请再试，或询问收款方。</translation>
  </message>
  <message>
   <source>Try again: a fresh invoice will be fetched.</source>
   <translation>请再试：会取一张新的发票。</translation>
  </message>
  <message>
   <source>Try it</source>
   <translation>试一试</translation>
  </message>
  <message>
   <source>Try it with practice coins</source>
   <translation>用练习币试试</translation>
  </message>
  <message numerus="yes">
   <source>Try {count} relays again</source>
   <translation>
    <numerusform>重试 {count} 个中继</numerusform>
   </translation>
  </message>
  <message>
   <source>Turn off</source>
   <translation>停用</translation>
  </message>
  <message>
   <source>Turn off {name}</source>
   <translation>停用 {name}</translation>
  </message>
  <message>
   <source>Turn on</source>
   <translation>启用</translation>
  </message>
  <message>
   <source>Turn on {considered}</source>
   <translation>启用 {considered}</translation>
  </message>
  <message>
   <source>Turn on {name}</source>
   <translation>启用 {name}</translation>
  </message>
  <message>
   <source>Type {amount} to remove it</source>
   <translation>输入 {amount} 以移除它</translation>
  </message>
  <message>
   <source>Typed twice from</source>
   <translation>从此金额起要输入两次</translation>
  </message>
  <message>
   <source>Under way</source>
   <translation>进行中</translation>
  </message>
  <message>
   <source>Undo</source>
   <translation>撤销</translation>
  </message>
  <message>
   <source>Undo the tip of {amount}</source>
   <translation>撤销 {amount} 的打赏</translation>
  </message>
  <message>
   <source>Undo {amount}</source>
   <translation>撤销 {amount}</translation>
  </message>
  <message>
   <source>Undo {amount} · {left} s</source>
   <translation>撤销 {amount} · {left} 秒</translation>
  </message>
  <message>
   <source>Undo {what}</source>
   <translation>撤销：{what}</translation>
  </message>
  <message>
   <source>Undo · {left} s</source>
   <translation>撤销 · {left} 秒</translation>
  </message>
  <message>
   <source>Undone: {what}</source>
   <translation>已撤销：{what}</translation>
  </message>
  <message>
   <source>Unfollow</source>
   <translation>取消关注</translation>
  </message>
  <message>
   <source>Unlock</source>
   <translation>解锁</translation>
  </message>
  <message>
   <source>Unnamed node</source>
   <translation>未命名节点</translation>
  </message>
  <message>
   <source>Until revoked</source>
   <translation>直到撤销</translation>
  </message>
  <message>
   <source>Until {day}, {time}.</source>
   <translation>到 {day} {time} 为止。</translation>
  </message>
  <message>
   <source>Up to {room} can come in over your channels now.</source>
   <translation>现在通过你的通道最多能收 {room}。</translation>
  </message>
  <message>
   <source>Uploading picture {number} of {count}: {percent} %</source>
   <translation>正在上传第 {number} 张图片，共 {count} 张：{percent} %</translation>
  </message>
  <message>
   <source>Use</source>
   <translation>使用</translation>
  </message>
  <message>
   <source>Use TipDesk's own address, or a provider that signs zap receipts.</source>
   <translation>请用 TipDesk 自己的地址，或签署 zap 收据的服务商。</translation>
  </message>
  <message>
   <source>Use a wallet I have</source>
   <translation>使用我已有的钱包</translation>
  </message>
  <message>
   <source>Use a wallet you have</source>
   <translation>使用你已有的钱包</translation>
  </message>
  <message>
   <source>Use it</source>
   <translation>使用</translation>
  </message>
  <message>
   <source>Use it all the same</source>
   <translation>仍然使用</translation>
  </message>
  <message>
   <source>Use the passphrase</source>
   <translation>使用密码短语</translation>
  </message>
  <message>
   <source>Use this media server</source>
   <translation>使用这个媒体服务器</translation>
  </message>
  <message>
   <source>Use this name server</source>
   <translation>使用这个域名服务器</translation>
  </message>
  <message>
   <source>Use this proxy</source>
   <translation>使用这个代理</translation>
  </message>
  <message>
   <source>Used {ago}</source>
   <translation>使用于 {ago}</translation>
  </message>
  <message>
   <source>Usual amount</source>
   <translation>常用金额</translation>
  </message>
  <message>
   <source>Versions, states and the last lines of the log, without keys, addresses, names of servers and amounts. Read it before you give it to anybody: TipDesk sends it nowhere.</source>
   <translation>版本、状态和日志的最后几行，不含密钥、地址、服务器名和金额。交给别人之前请先读一遍：TipDesk 不会发送到任何地方。</translation>
  </message>
  <message>
   <source>Volume of the sound</source>
   <translation>声音的音量</translation>
  </message>
  <message>
   <source>Volume, and speech</source>
   <translation>音量和朗读</translation>
  </message>
  <message>
   <source>Wait a while, then try again.</source>
   <translation>请等一会儿再试。</translation>
  </message>
  <message>
   <source>Waiting for confirmations</source>
   <translation>正在等待确认</translation>
  </message>
  <message>
   <source>Waiting for payment</source>
   <translation>等待付款</translation>
  </message>
  <message>
   <source>Waiting for payments under way</source>
   <translation>正在等待进行中的付款</translation>
  </message>
  <message>
   <source>Waiting for the closing transaction to be mined</source>
   <translation>正在等待关闭交易被打包</translation>
  </message>
  <message>
   <source>Waits</source>
   <translation>等待中</translation>
  </message>
  <message>
   <source>Wallet</source>
   <translation>钱包</translation>
  </message>
  <message>
   <source>Wallets</source>
   <translation>钱包</translation>
  </message>
  <message>
   <source>Wallets that know your node's public key pay it without any address, as podcast players do (keysend).</source>
   <translation>知道你节点公钥的钱包不需要任何地址就能付款，播客播放器就是这样 (keysend)。</translation>
  </message>
  <message>
   <source>Way</source>
   <translation>方式</translation>
  </message>
  <message>
   <source>Webhook</source>
   <translation>Webhook</translation>
  </message>
  <message>
   <source>Website</source>
   <translation>网站</translation>
  </message>
  <message>
   <source>What</source>
   <translation>类型</translation>
  </message>
  <message>
   <source>What a channel is, and costs</source>
   <translation>通道是什么，要花多少</translation>
  </message>
  <message>
   <source>What answers at {where} does not speak as such a wallet does ({what}). Look whether address and port are right.</source>
   <translation>{where} 处的应答不像这种钱包（{what}）。请检查地址和端口是否正确。</translation>
  </message>
  <message>
   <source>What came back</source>
   <translation>返回的内容</translation>
  </message>
  <message>
   <source>What came back for {what}</source>
   <translation>返回的内容：{what}</translation>
  </message>
  <message>
   <source>What do you want to do?</source>
   <translation>你想做什么？</translation>
  </message>
  <message>
   <source>What each relay said</source>
   <translation>每个中继的答复</translation>
  </message>
  <message>
   <source>What for</source>
   <translation>用途</translation>
  </message>
  <message>
   <source>What goes through the proxy</source>
   <translation>哪些走代理</translation>
  </message>
  <message>
   <source>What is asked of {place} could be read and changed on the way: use ssl:// or https://, or a server of your own network.</source>
   <translation>向 {place} 查询的内容可能在途中被读取和篡改：请用 ssl:// 或 https://，或你自己网络中的服务器。</translation>
  </message>
  <message>
   <source>What is on this machine stays: your history has the person and the message.</source>
   <translation>这台电脑上的记录会留下：你的历史中有收款人和留言。</translation>
  </message>
  <message>
   <source>What is to be said about them?</source>
   <translation>想说点什么？</translation>
  </message>
  <message>
   <source>What it is</source>
   <translation>这是什么</translation>
  </message>
  <message>
   <source>What it is called</source>
   <translation>它的名称</translation>
  </message>
  <message>
   <source>What it is for</source>
   <translation>用途</translation>
  </message>
  <message>
   <source>What it may do</source>
   <translation>它可以做什么</translation>
  </message>
  <message>
   <source>What it needs</source>
   <translation>需要什么</translation>
  </message>
  <message>
   <source>What it shows, for people who cannot see it</source>
   <translation>图片的内容，供看不见的人了解</translation>
  </message>
  <message>
   <source>What it was for</source>
   <translation>打赏用途</translation>
  </message>
  <message>
   <source>What its author marked is covered, with the reason, until you lift it.</source>
   <translation>作者标记的内容会连同原因一起被遮住，直到你揭开。</translation>
  </message>
  <message>
   <source>What listens at {place} is no SOCKS5 proxy, and TipDesk goes no other way. Change the proxy in Settings, Privacy.</source>
   <translation>{place} 上运行的不是 SOCKS5 代理，而 TipDesk 不走别的路。请在“设置”的“隐私”中更改代理。</translation>
  </message>
  <message>
   <source>What others call you</source>
   <translation>别人怎么称呼你</translation>
  </message>
  <message>
   <source>What others call you; may stay empty</source>
   <translation>别人怎么称呼你；可留空</translation>
  </message>
  <message>
   <source>What pays</source>
   <translation>由谁支付</translation>
  </message>
  <message>
   <source>What picture {number} shows</source>
   <translation>第 {number} 张图片的内容</translation>
  </message>
  <message>
   <source>What stands before the @ is no part of the server's name: this leads to {host}.</source>
   <translation>@ 之前的部分不属于服务器的名字：它指向 {host}。</translation>
  </message>
  <message>
   <source>What still leaks</source>
   <translation>仍会泄露什么</translation>
  </message>
  <message>
   <source>What the feed shows</source>
   <translation>动态显示什么</translation>
  </message>
  <message>
   <source>What the goal on the stream is for</source>
   <translation>直播上的目标是为了什么</translation>
  </message>
  <message>
   <source>What the lock checks a passphrase by cannot be read. Open it with your words: the lock is taken away then.</source>
   <translation>锁用来核对密码短语的数据无法读取。请用助记词打开：锁随后会被解除。</translation>
  </message>
  <message>
   <source>What the money is for</source>
   <translation>这笔钱的用途</translation>
  </message>
  <message>
   <source>What the pages show</source>
   <translation>页面显示什么</translation>
  </message>
  <message>
   <source>What the payment is for</source>
   <translation>付款用途</translation>
  </message>
  <message>
   <source>What they ask you to pay cannot be read. Ask them for another.</source>
   <translation>对方要你支付的东西无法读取。请向对方要另一个。</translation>
  </message>
  <message>
   <source>What this list calls it</source>
   <translation>在此列表中的名字</translation>
  </message>
  <message>
   <source>What tips set off</source>
   <translation>打赏触发什么</translation>
  </message>
  <message>
   <source>What was kept to reach your wallet cannot be read.</source>
   <translation>为访问您的钱包而保存的内容无法读取。</translation>
  </message>
  <message>
   <source>What was paid</source>
   <translation>付过的款</translation>
  </message>
  <message>
   <source>What was pasted</source>
   <translation>粘贴的内容</translation>
  </message>
  <message>
   <source>What would you like to say? Write @ and a name to link to somebody.</source>
   <translation>你想说什么？输入 @ 和名字可链接到某人。</translation>
  </message>
  <message>
   <source>What you call it</source>
   <translation>您给它起的名字</translation>
  </message>
  <message>
   <source>What you call them</source>
   <translation>你对对方的称呼</translation>
  </message>
  <message>
   <source>What you collect for, as a bar that fills.</source>
   <translation>你筹款的用途，显示为逐渐填满的进度条。</translation>
  </message>
  <message>
   <source>What you search for is told to this relay too.</source>
   <translation>你搜索的内容也会告知这个中继。</translation>
  </message>
  <message>
   <source>What you tell them</source>
   <translation>你告诉对方的话</translation>
  </message>
  <message>
   <source>What you write here, only the two of you can read.</source>
   <translation>你在这里写的内容，只有你们两人能读。</translation>
  </message>
  <message>
   <source>What you wrote down is right.</source>
   <translation>你抄写的内容正确。</translation>
  </message>
  <message>
   <source>What you wrote down of {name} goes from this computer. They are not told, and what was paid stays in the history.</source>
   <translation>你记下的 {name} 的内容将从这台电脑上删除。对方不会知道，付过的款仍留在历史中。</translation>
  </message>
  <message>
   <source>What your pictures are called, if anything</source>
   <translation>你的图片的标题（可选）</translation>
  </message>
  <message>
   <source>What your wallet lets TipDesk spend is used up for now.</source>
   <translation>您的钱包允许 TipDesk 花费的额度暂时用完了。</translation>
  </message>
  <message>
   <source>What {name} stands for cannot be proven: there is no signature of {zone} (DNSSEC). Ask them for an offer or a lightning address instead.</source>
   <translation>{name} 所指的内容无法证明：没有 {zone} 的签名（DNSSEC）。请改向对方要一份要约或闪电地址。</translation>
  </message>
  <message>
   <source>When</source>
   <translation>时间</translation>
  </message>
  <message>
   <source>When something is wrong</source>
   <translation>出问题的时候</translation>
  </message>
  <message>
   <source>Where are your secrets kept?</source>
   <translation>你的秘密存放在哪里？</translation>
  </message>
  <message>
   <source>Where payment names are looked up</source>
   <translation>在哪里查询支付名</translation>
  </message>
  <message>
   <source>Where sats come from</source>
   <translation>聪从哪里来</translation>
  </message>
  <message>
   <source>Where the receiver has one channel partner only, that one can count what they receive.</source>
   <translation>如果收款人只有一个通道对方，那一方能数出收款人收到多少。</translation>
  </message>
  <message>
   <source>Where words and keys are kept</source>
   <translation>助记词和密钥存放在哪里</translation>
  </message>
  <message>
   <source>Where you take messages</source>
   <translation>你在哪里接收消息</translation>
  </message>
  <message>
   <source>Where you take them</source>
   <translation>在哪里接收</translation>
  </message>
  <message>
   <source>Where your post is</source>
   <translation>你的帖子在哪里</translation>
  </message>
  <message>
   <source>Whether TipDesk starts at login could not be changed or read: {why}.</source>
   <translation>无法更改或读取 TipDesk 是否在登录时启动：{why}。</translation>
  </message>
  <message>
   <source>Which is word {n}?</source>
   <translation>第 {n} 个词是哪个？</translation>
  </message>
  <message>
   <source>Which money?</source>
   <translation>用哪种钱？</translation>
  </message>
  <message>
   <source>Which relays have it</source>
   <translation>哪些中继有它</translation>
  </message>
  <message>
   <source>Which tips are listed</source>
   <translation>列出哪些打赏</translation>
  </message>
  <message>
   <source>While fiat is on, TipDesk asks {hosts} what a bitcoin costs. They learn your currency and when TipDesk runs, and your network address unless a proxy keeps it; never whom or what you pay.</source>
   <translation>显示法币时，TipDesk 会向 {hosts} 询问比特币的价格。它们会知道你的货币和 TipDesk 何时运行，若没有代理遮挡，还会知道你的网络地址；绝不会知道你付给谁、付什么。</translation>
  </message>
  <message>
   <source>While the cap on this profile's balance is on, an invoice must name its amount.</source>
   <translation>启用这个配置的余额上限时，发票必须写明金额。</translation>
  </message>
  <message>
   <source>Who are you on Nostr?</source>
   <translation>你在 Nostr 上是谁？</translation>
  </message>
  <message>
   <source>Who came and who left:</source>
   <translation>新增和移除的人：</translation>
  </message>
  <message>
   <source>Who gave the most lately.</source>
   <translation>最近打赏最多的人。</translation>
  </message>
  <message>
   <source>Who is paid</source>
   <translation>收款人是谁</translation>
  </message>
  <message>
   <source>Who learns what</source>
   <translation>谁知道什么</translation>
  </message>
  <message>
   <source>Who may be asked for pictures</source>
   <translation>可以向谁加载图片</translation>
  </message>
  <message>
   <source>Who wrote it</source>
   <translation>作者是谁</translation>
  </message>
  <message>
   <source>Whoever answers for names (DNS)</source>
   <translation>回答名称查询的一方（DNS）</translation>
  </message>
  <message>
   <source>Whoever has the file and the passphrase has your money.</source>
   <translation>谁有文件和密码短语，谁就有你的钱。</translation>
  </message>
  <message>
   <source>Whoever has this key is you on Nostr, for good.</source>
   <translation>谁有这把密钥，谁在 Nostr 上就永远是你。</translation>
  </message>
  <message>
   <source>Whoever has this link can do what you allowed. Give it to that app alone.</source>
   <translation>持有此链接的人可以做您允许的事。请只交给该应用。</translation>
  </message>
  <message>
   <source>Whoever is at this machine can open the window then.</source>
   <translation>那样任何在这台机器前的人都能打开窗口。</translation>
  </message>
  <message>
   <source>Whoever made it paid the invoice {payment}.</source>
   <translation>制作它的人支付了发票 {payment}。</translation>
  </message>
  <message>
   <source>Whoever runs several of the nodes on the way can tell by amount and moment that it is one payment: the hash is the same along the whole way.</source>
   <translation>谁运行着途中的多个节点，就能凭金额和时刻看出是同一笔付款：整条路上的哈希都相同。</translation>
  </message>
  <message>
   <source>Whoever runs that wallet. Alerts on stream need invoices of a wallet that TipDesk is connected with.</source>
   <translation>信任运营该钱包的人。直播提醒需要由 TipDesk 已连接的钱包开出发票。</translation>
  </message>
  <message>
   <source>Whoever runs this server learns your network address, and when you open it.</source>
   <translation>这个服务器的运营者会知道你的网络地址，以及你何时打开它。</translation>
  </message>
  <message>
   <source>Whoever sees these words can take all the money of this wallet.</source>
   <translation>谁看到这些词，谁就能拿走这个钱包的所有钱。</translation>
  </message>
  <message>
   <source>Whoever watches your connection</source>
   <translation>监视你网络连接的人</translation>
  </message>
  <message>
   <source>Whoever you ask for an invoice by their offer learns a node near yours, as the answer comes back over it: where there is no other, one that you have a channel with.</source>
   <translation>你用要约向谁要发票，谁就会知道一个离你近的节点，因为回答经由它送回：没有别的节点时，就是一个与你有通道的节点。</translation>
  </message>
  <message>
   <source>Whom may it ask?</source>
   <translation>它可以询问谁？</translation>
  </message>
  <message>
   <source>Whom to write to: a name, npub, nprofile or name@domain</source>
   <translation>写给谁：名字、npub、nprofile 或 名字@域名</translation>
  </message>
  <message>
   <source>Whom you follow</source>
   <translation>你关注的人</translation>
  </message>
  <message>
   <source>Whom you follow is not known</source>
   <translation>不知道你关注谁</translation>
  </message>
  <message>
   <source>Whom you trust</source>
   <translation>你要信任谁</translation>
  </message>
  <message>
   <source>Whom, or what, to pay</source>
   <translation>付给谁或付什么</translation>
  </message>
  <message>
   <source>Why it is covered</source>
   <translation>遮住的原因</translation>
  </message>
  <message>
   <source>Why, if you like</source>
   <translation>原因（可选）</translation>
  </message>
  <message>
   <source>With</source>
   <translation>对方</translation>
  </message>
  <message>
   <source>With a tip</source>
   <translation>随打赏</translation>
  </message>
  <message>
   <source>With a tip of {amount}</source>
   <translation>随 {amount} 的打赏</translation>
  </message>
  <message>
   <source>With a tip of {amount}, by their word</source>
   <translation>随 {amount} 的打赏（据对方所称）</translation>
  </message>
  <message>
   <source>With its fee this needs {needed} on chain, and {available} are free. Send less. No money moved.</source>
   <translation>连同手续费需要链上 {needed}，可用的有 {available}。请少发一些。没有动用任何钱。</translation>
  </message>
  <message>
   <source>With its fee this needs {needed} on chain, and {available} are free; {kept} of that stay for the fees of closing channels. Send less. No money moved.</source>
   <translation>连同手续费需要链上 {needed}，可用的有 {available}；其中 {kept} 留作关闭通道的手续费。请少发一些。没有动用任何钱。</translation>
  </message>
  <message>
   <source>With its window, and the profile that was open last.</source>
   <translation>显示窗口，并打开上次的配置。</translation>
  </message>
  <message>
   <source>With the words that you wrote down, your money and channels are there again.</source>
   <translation>用你抄下的助记词，你的钱和通道就都回来了。</translation>
  </message>
  <message>
   <source>With the words: {words}</source>
   <translation>附言：{words}</translation>
  </message>
  <message>
   <source>With their npub you can write to them too.</source>
   <translation>有了对方的 npub，还可以给对方写信。</translation>
  </message>
  <message>
   <source>With these words and the channel backup your money comes back on any computer. Keep the paper where only you find it.</source>
   <translation>有了这些词和通道备份，你的钱可以在任何电脑上找回。请把纸放在只有你能找到的地方。</translation>
  </message>
  <message>
   <source>With your peers</source>
   <translation>在对等节点处</translation>
  </message>
  <message>
   <source>With your words the wallet opens without the keyring: its secrets go into a file of its own, behind a passphrase. Your channels live on.</source>
   <translation>有了助记词，钱包无需密钥环就能打开：秘密会放进单独的文件，由密码短语保护。你的通道照常存在。</translation>
  </message>
  <message>
   <source>Within a day, if fees do not rise</source>
   <translation>一天内（如果手续费不上涨）</translation>
  </message>
  <message>
   <source>Within an hour</source>
   <translation>一小时内</translation>
  </message>
  <message>
   <source>Within twenty minutes</source>
   <translation>二十分钟内</translation>
  </message>
  <message>
   <source>Without a limit it can spend all that is in this wallet.</source>
   <translation>没有上限，它可以花光此钱包里的所有钱。</translation>
  </message>
  <message>
   <source>Without a name, others see the beginning of your npub.</source>
   <translation>没有名字时，别人看到的是你 npub 的开头。</translation>
  </message>
  <message>
   <source>Without a rule no tip is shown.</source>
   <translation>没有规则就不会显示任何打赏。</translation>
  </message>
  <message>
   <source>Without a signature</source>
   <translation>没有签名</translation>
  </message>
  <message>
   <source>Without a window, in the tray, with the profile that was open last.</source>
   <translation>不显示窗口，留在托盘中，并打开上次的配置。</translation>
  </message>
  <message>
   <source>Without one, whoever is at this machine can tip from here.</source>
   <translation>没有锁的话，任何在这台机器前的人都能从这里打赏。</translation>
  </message>
  <message>
   <source>Word filter</source>
   <translation>词语过滤</translation>
  </message>
  <message>
   <source>Word filter · {words}</source>
   <translation>词语过滤 · {words}</translation>
  </message>
  <message>
   <source>Word or hashtag to mute</source>
   <translation>要静音的词或话题</translation>
  </message>
  <message>
   <source>Word {n}: {word}</source>
   <translation>第 {n} 个词：{word}</translation>
  </message>
  <message>
   <source>Words</source>
   <translation>文字</translation>
  </message>
  <message>
   <source>Words for the proof</source>
   <translation>写进证明的话</translation>
  </message>
  <message>
   <source>Words for whoever gets it</source>
   <translation>给收款人的话</translation>
  </message>
  <message>
   <source>Words in a comment, a description or a note</source>
   <translation>留言、说明或备注中的文字</translation>
  </message>
  <message>
   <source>Words of the alert, with {name} and {amount}</source>
   <translation>提醒的文字，含 {name} 和 {amount}</translation>
  </message>
  <message>
   <source>Words of the wallet</source>
   <translation>钱包的助记词</translation>
  </message>
  <message>
   <source>Words that are left out</source>
   <translation>略去的词语</translation>
  </message>
  <message>
   <source>Words that are left out, one in each line</source>
   <translation>略去的词语，每行一个</translation>
  </message>
  <message>
   <source>Words they asked for, if any</source>
   <translation>对方要求的文字（若有）</translation>
  </message>
  <message>
   <source>Words, where {name} and {amount} stand for the tip's</source>
   <translation>文字，其中 {name} 和 {amount} 代表打赏的名字和金额</translation>
  </message>
  <message>
   <source>Worth</source>
   <translation>价值</translation>
  </message>
  <message>
   <source>Would a tip arrive?</source>
   <translation>打赏能到账吗？</translation>
  </message>
  <message>
   <source>Would it work?</source>
   <translation>行得通吗？</translation>
  </message>
  <message>
   <source>Write</source>
   <translation>写</translation>
  </message>
  <message>
   <source>Write a day as 2026-05-03.</source>
   <translation>日期请写成 2026-05-03。</translation>
  </message>
  <message>
   <source>Write a long post</source>
   <translation>写长文</translation>
  </message>
  <message>
   <source>Write a note</source>
   <translation>写短文</translation>
  </message>
  <message>
   <source>Write a post</source>
   <translation>写帖子</translation>
  </message>
  <message>
   <source>Write a post (Ctrl+N)</source>
   <translation>写帖子 (Ctrl+N)</translation>
  </message>
  <message>
   <source>Write a time as 22:30.</source>
   <translation>时间请写成 22:30。</translation>
  </message>
  <message>
   <source>Write an amount from {least} to {most}.</source>
   <translation>请填写 {least} 到 {most} 的金额。</translation>
  </message>
  <message>
   <source>Write an amount in sat with digits, like 1,000 or 0.5.</source>
   <translation>请用数字填写以 sat 计的金额，如 1,000 或 0.5。</translation>
  </message>
  <message>
   <source>Write an amount in {code} with digits, like 0.50.</source>
   <translation>请用数字填写以 {code} 计的金额，如 0.50。</translation>
  </message>
  <message>
   <source>Write an amount to see what it costs.</source>
   <translation>输入金额即可看到费用。</translation>
  </message>
  <message>
   <source>Write an amount, or choose that there is none.</source>
   <translation>请填写金额，或选择不设。</translation>
  </message>
  <message>
   <source>Write from which amount on.</source>
   <translation>请填写从哪个金额起。</translation>
  </message>
  <message>
   <source>Write how much: at least one sat, and no parts of one.</source>
   <translation>请写金额：至少一 sat，且须是整数。</translation>
  </message>
  <message>
   <source>Write now</source>
   <translation>立即写入</translation>
  </message>
  <message>
   <source>Write on</source>
   <translation>继续写</translation>
  </message>
  <message>
   <source>Write the amount in sat.</source>
   <translation>请以 sat 填写金额。</translation>
  </message>
  <message>
   <source>Write the amount in {other}</source>
   <translation>以 {other} 填写金额</translation>
  </message>
  <message>
   <source>Write the proxy as its IP address and port: 127.0.0.1:9050 for Tor, 127.0.0.1:9150 for the Tor Browser. Nothing was changed.</source>
   <translation>请把代理写成 IP 地址和端口：Tor 为 127.0.0.1:9050，Tor 浏览器为 127.0.0.1:9150。没有做任何更改。</translation>
  </message>
  <message>
   <source>Write them down</source>
   <translation>请抄下来</translation>
  </message>
  <message>
   <source>Write them down in this order. They hide when you leave this window.</source>
   <translation>请按这个顺序抄下。离开此窗口时它们会隐藏。</translation>
  </message>
  <message>
   <source>Write three different amounts in whole sats.</source>
   <translation>请填写三个不同的金额，都是整数聪。</translation>
  </message>
  <message>
   <source>Write to somebody</source>
   <translation>写给某人</translation>
  </message>
  <message>
   <source>Write to {name}</source>
   <translation>写给 {name}</translation>
  </message>
  <message>
   <source>Write to {shown}</source>
   <translation>写入 {shown}</translation>
  </message>
  <message>
   <source>Write to {who}</source>
   <translation>写给 {who}</translation>
  </message>
  <message>
   <source>Write what it is for.</source>
   <translation>请填写用途。</translation>
  </message>
  <message>
   <source>Write your reply</source>
   <translation>写下你的回复</translation>
  </message>
  <message>
   <source>Written down and checked. {never}</source>
   <translation>已抄写并核对。{never}</translation>
  </message>
  <message>
   <source>Written to {path}.</source>
   <translation>已写入 {path}。</translation>
  </message>
  <message>
   <source>Written with another app.</source>
   <translation>用另一个应用写的。</translation>
  </message>
  <message>
   <source>Written {ago}, {size} bytes</source>
   <translation>{ago}写入，{size} 字节</translation>
  </message>
  <message>
   <source>Yesterday</source>
   <translation>昨天</translation>
  </message>
  <message>
   <source>You</source>
   <translation>你</translation>
  </message>
  <message>
   <source>You are sending this very tip already, so it was not begun again. Once it is on its way you can send another one.</source>
   <translation>你已经在发送这笔打赏，所以没有再次开始。等它在途后就可以再发一笔。</translation>
  </message>
  <message>
   <source>You ask with a key made for this once: it says nothing of you.</source>
   <translation>你用只为这一次制作的密钥询问：它不透露你的任何信息。</translation>
  </message>
  <message>
   <source>You asked for {amount}</source>
   <translation>你请求了 {amount}</translation>
  </message>
  <message>
   <source>You called the payment off.</source>
   <translation>你取消了这笔付款。</translation>
  </message>
  <message>
   <source>You can also paste them, or drop them on the text</source>
   <translation>你也可以粘贴，或拖到文字上</translation>
  </message>
  <message>
   <source>You can prove that this payment was yours. The proof shows amount, date and what it was for, not your message.</source>
   <translation>你可以证明这笔付款是你付的。证明会显示金额、日期和用途，不显示你的留言。</translation>
  </message>
  <message>
   <source>You can receive up to {most}. To receive more, spend some, or have somebody open a channel to your node:</source>
   <translation>你最多可收 {most}。想收更多，请花掉一些，或让别人向你的节点开通道：</translation>
  </message>
  <message>
   <source>You can send it again.</source>
   <translation>你可以重新发送。</translation>
  </message>
  <message>
   <source>You can spend {amount} now. Tip less, or bring in more on the pages Wallet and Channels.</source>
   <translation>你现在可花 {amount}。请少打赏一些，或在“钱包”和“通道”页充入更多。</translation>
  </message>
  <message>
   <source>You can still take it back. No money has moved. {cost}</source>
   <translation>你仍可收回。还没有动用任何钱。{cost}</translation>
  </message>
  <message numerus="yes">
   <source>You can undo it for {count} seconds.</source>
   <translation>
    <numerusform>你可以在 {count} 秒内撤销。</numerusform>
   </translation>
  </message>
  <message>
   <source>You cannot pay yourself.</source>
   <translation>你不能付款给自己。</translation>
  </message>
  <message>
   <source>You do not follow them any more so far on this computer only; it is tried again.</source>
   <translation>你已不再关注此人，但目前只在这台电脑上生效；会再次尝试。</translation>
  </message>
  <message>
   <source>You do not follow {name} any more, and your public list says so.</source>
   <translation>你已不再关注 {name}，你的公开列表也已更新。</translation>
  </message>
  <message>
   <source>You do not know this person. Accept their message first.</source>
   <translation>你不认识此人。请先接受对方的消息。</translation>
  </message>
  <message>
   <source>You do not know this person: nothing rings, and they do not learn whether you read it. Accept to talk, or delete what they wrote.</source>
   <translation>你不认识此人：不会响铃，对方也不会知道你是否读过。接受即可交谈，或删除对方写的内容。</translation>
  </message>
  <message>
   <source>You follow as many people as there is room for. Unfollow somebody first.</source>
   <translation>你关注的人数已满。请先取消关注某人。</translation>
  </message>
  <message>
   <source>You follow nobody here</source>
   <translation>你在这里没有关注任何人</translation>
  </message>
  <message>
   <source>You follow nobody yet. Paste an npub, an nprofile or a link, or write a name@domain.</source>
   <translation>你还没有关注任何人。请粘贴 npub、nprofile 或链接，或输入 名字@域名。</translation>
  </message>
  <message>
   <source>You follow nobody yet. Write a name above, or bring over whom you follow in your other Nostr apps.</source>
   <translation>你还没有关注任何人。请在上面输入名字，或带来你在其他 Nostr 应用中关注的人。</translation>
  </message>
  <message>
   <source>You follow them</source>
   <translation>你已关注</translation>
  </message>
  <message>
   <source>You follow them so far on this computer only; it is tried again.</source>
   <translation>你已关注此人，但目前只在这台电脑上生效；会再次尝试。</translation>
  </message>
  <message>
   <source>You follow {name}, and your public list says so.</source>
   <translation>你已关注 {name}，你的公开列表也已更新。</translation>
  </message>
  <message>
   <source>You have no channel that works, so nobody finds a way to you.</source>
   <translation>你没有可用的通道，所以没有人能找到通往你的路。</translation>
  </message>
  <message>
   <source>You have no channel with a connected peer.</source>
   <translation>你没有与在线对等节点的通道。</translation>
  </message>
  <message>
   <source>You have no public list yet: others look for you wherever they happen to be. Add the relays that you use.</source>
   <translation>你还没有公开列表：别人只能碰运气找你。请添加你使用的中继。</translation>
  </message>
  <message>
   <source>You have no public profile yet. What you write here is the first that others see of you.</source>
   <translation>你还没有公开资料。你在这里写的内容是别人对你的第一印象。</translation>
  </message>
  <message>
   <source>You paid it.</source>
   <translation>你付了。</translation>
  </message>
  <message>
   <source>You pay at most {most}: {to}, up to {up_to} for {way}.</source>
   <translation>你最多付 {most}：{to}，{way}最多 {up_to}。</translation>
  </message>
  <message>
   <source>You pay {to}. {wallet} decides what the route may cost on top (likely {fee}).</source>
   <translation>您支付 {to}。额外的路径费用由 {wallet} 决定（可能 {fee}）。</translation>
  </message>
  <message>
   <source>You pay {to}. {wallet} decides what the route may cost on top.</source>
   <translation>您支付 {to}。额外的路径费用由 {wallet} 决定。</translation>
  </message>
  <message>
   <source>You refused it.</source>
   <translation>你拒绝了。</translation>
  </message>
  <message>
   <source>You refused this. Ask them for a new request to pay it after all.</source>
   <translation>你拒绝了这个。若仍要支付，请向对方要一个新的请求。</translation>
  </message>
  <message>
   <source>You sent it.</source>
   <translation>你汇出了。</translation>
  </message>
  <message>
   <source>You sent them an invoice.</source>
   <translation>你发给了对方一张发票。</translation>
  </message>
  <message>
   <source>You sent {amount}.</source>
   <translation>你发出 {amount}。</translation>
  </message>
  <message>
   <source>You sent {sent}; they sent {came}.</source>
   <translation>你汇出 {sent}；对方汇来 {came}。</translation>
  </message>
  <message>
   <source>You share a channel: they see that it comes from you.</source>
   <translation>你们共用一条通道：对方能看到是你汇的。</translation>
  </message>
  <message>
   <source>You skipped it.</source>
   <translation>你跳过了它。</translation>
  </message>
  <message>
   <source>You tipped {amount}</source>
   <translation>你打赏了 {amount}</translation>
  </message>
  <message>
   <source>You took this tip back. No money moved.</source>
   <translation>你收回了这笔打赏。没有动用任何钱。</translation>
  </message>
  <message>
   <source>You usually send {amount}.</source>
   <translation>你通常汇 {amount}。</translation>
  </message>
  <message>
   <source>You want to send {amount}</source>
   <translation>你想汇 {amount}</translation>
  </message>
  <message>
   <source>You wanted to send it to them.</source>
   <translation>你曾想汇给对方。</translation>
  </message>
  <message>
   <source>You: {said}</source>
   <translation>你：{said}</translation>
  </message>
  <message>
   <source>Your address</source>
   <translation>你的地址</translation>
  </message>
  <message>
   <source>Your budget for {scope} is {limit}; {left} of it are left, and this takes up to {wanted}. No money moved. Tip less, wait until tomorrow, or raise the budget in the settings.</source>
   <translation>你{scope}的预算是 {limit}；还剩 {left}，而这笔最多要 {wanted}。没有动用任何钱。请少打赏一些、等到明天，或在设置中提高预算。</translation>
  </message>
  <message>
   <source>Your channel waits for its confirmations. It can pay as soon as it has them.</source>
   <translation>你的通道正在等待确认。确认后即可付款。</translation>
  </message>
  <message>
   <source>Your channel's other side</source>
   <translation>你的通道对方</translation>
  </message>
  <message>
   <source>Your channel's other side is not connected.</source>
   <translation>你通道的对方不在线。</translation>
  </message>
  <message>
   <source>Your channel's other side sees when and about how much you send.</source>
   <translation>你的通道对方能看到你何时汇款、大约汇多少。</translation>
  </message>
  <message>
   <source>Your draft is kept on this computer. Ctrl+N, then Drafts, opens it again.</source>
   <translation>草稿保存在这台电脑上。按 Ctrl+N，再点“草稿”即可重新打开。</translation>
  </message>
  <message>
   <source>Your first sats</source>
   <translation>你的第一笔聪</translation>
  </message>
  <message>
   <source>Your first tip</source>
   <translation>你的第一次打赏</translation>
  </message>
  <message>
   <source>Your lightning address</source>
   <translation>你的闪电地址</translation>
  </message>
  <message>
   <source>Your message</source>
   <translation>你的留言</translation>
  </message>
  <message>
   <source>Your message is signed with your key: it says who you are.</source>
   <translation>你的消息用你的密钥签名：它说明了你是谁。</translation>
  </message>
  <message>
   <source>Your message relays</source>
   <translation>你的消息中继</translation>
  </message>
  <message>
   <source>Your money is safe. People know you by your old key, if you have it.</source>
   <translation>你的钱是安全的。如果你有旧密钥，别人是凭它认识你的。</translation>
  </message>
  <message>
   <source>Your name</source>
   <translation>你的名字</translation>
  </message>
  <message>
   <source>Your name for them</source>
   <translation>你给对方起的名字</translation>
  </message>
  <message>
   <source>Your name under a domain</source>
   <translation>你在域名下的名字</translation>
  </message>
  <message>
   <source>Your node goes on: what people tip you comes in, and alerts are shown.</source>
   <translation>你的节点继续运行：别人的打赏照常到账，提醒照常显示。</translation>
  </message>
  <message>
   <source>Your node has a public channel that works.</source>
   <translation>你的节点有一条可用的公开通道。</translation>
  </message>
  <message>
   <source>Your node needs somebody who tells it what the chain holds, and relays where posts are. These are public ones; your own are better. Each can be changed later.</source>
   <translation>你的节点需要有人告诉它链上有什么，还需要存放帖子的中继。这些是公共的；你自己的更好。以后都可以更改。</translation>
  </message>
  <message>
   <source>Your note: {note}</source>
   <translation>你的备注：{note}</translation>
  </message>
  <message>
   <source>Your own address</source>
   <translation>你自己的地址</translation>
  </message>
  <message>
   <source>Your own keys and your own Lightning node in this app. Four questions.</source>
   <translation>在这个应用中拥有自己的密钥和自己的闪电节点。四个问题。</translation>
  </message>
  <message>
   <source>Your own words</source>
   <translation>你自己的话</translation>
  </message>
  <message>
   <source>Your payment is on its way. It is not paid a second time.</source>
   <translation>你的付款正在途中。不会再付第二次。</translation>
  </message>
  <message>
   <source>Your people</source>
   <translation>你的联系人</translation>
  </message>
  <message>
   <source>Your pictures are still on their way. The post follows them.</source>
   <translation>你的图片还在上传。帖子随后发出。</translation>
  </message>
  <message>
   <source>Your post is gone here, and your relays are asked to delete it. They may not.</source>
   <translation>你的帖子已从这里移除，并已请你的中继删除。它们可能不会照做。</translation>
  </message>
  <message>
   <source>Your profile</source>
   <translation>你的资料</translation>
  </message>
  <message>
   <source>Your profile and relays</source>
   <translation>你的资料和中继</translation>
  </message>
  <message>
   <source>Your profile and your relays, as others see them</source>
   <translation>别人看到的你的资料和中继</translation>
  </message>
  <message>
   <source>Your profile has no lightning address, so nobody can zap you. Write one into it: the ways beside this tell where to get it.</source>
   <translation>你的资料没有闪电地址，所以没有人能 zap 你。请填写一个：旁边的方式说明从哪里得到。</translation>
  </message>
  <message>
   <source>Your published profile was left as it is: {error}.</source>
   <translation>你已发布的资料保持原样：{error}。</translation>
  </message>
  <message>
   <source>Your relays</source>
   <translation>你的中继</translation>
  </message>
  <message>
   <source>Your relays may know whom you follow in your other Nostr apps.</source>
   <translation>你的中继可能知道你在其他 Nostr 应用中关注谁。</translation>
  </message>
  <message>
   <source>Your sats are on chain. Tips are paid over Lightning: open a channel.</source>
   <translation>你的聪在链上。打赏通过闪电网络支付：请打开通道。</translation>
  </message>
  <message>
   <source>Your sats wait for a block, which takes ten minutes or so. Then you open a channel with them.</source>
   <translation>你的聪在等待一个区块，大约十分钟。然后就可以用它们打开通道。</translation>
  </message>
  <message>
   <source>Your wallet at {where} does not answer.</source>
   <translation>{where} 的钱包没有应答。</translation>
  </message>
  <message>
   <source>Your wallet at {where} does not answer: {why}</source>
   <translation>{where} 的钱包没有应答：{why}</translation>
  </message>
  <message>
   <source>Your wallet at {where} encrypts in a way that TipDesk does not know. Look for a newer TipDesk.</source>
   <translation>{where} 的钱包使用 TipDesk 不认识的加密方式。请寻找更新的 TipDesk。</translation>
  </message>
  <message>
   <source>Your wallet at {where} made another invoice than TipDesk asked for. It is not used.</source>
   <translation>{where} 的钱包开出的发票与 TipDesk 请求的不同。不会使用它。</translation>
  </message>
  <message>
   <source>Your wallet at {where} makes invoices over a fixed amount only. Name one.</source>
   <translation>{where} 的钱包只开固定金额的发票。请写一个金额。</translation>
  </message>
  <message>
   <source>Your wallet at {where} refuses the key that TipDesk has for it: it is wrong, was revoked or has expired. Make a new one there and paste it here.</source>
   <translation>{where} 的钱包拒绝 TipDesk 持有的密钥：它有误、已被撤销或已过期。请在那里新生成一个并粘贴到这里。</translation>
  </message>
  <message>
   <source>Your wallet at {where} says: {said}</source>
   <translation>{where} 的钱包说：{said}</translation>
  </message>
  <message>
   <source>Your wallet at {where} speaks an old encryption only (NIP-04), which hides less of what is said. Update the wallet, or allow the old encryption for it.</source>
   <translation>{where} 的钱包只支持旧加密（NIP-04），保密性较差。请更新钱包，或允许对它使用旧加密。</translation>
  </message>
  <message>
   <source>Your wallet could not be reached.</source>
   <translation>无法访问您的钱包。</translation>
  </message>
  <message>
   <source>Your wallet decides what it costs</source>
   <translation>费用由您的钱包决定</translation>
  </message>
  <message>
   <source>Your wallet did not make this payment.</source>
   <translation>您的钱包没有进行这笔付款。</translation>
  </message>
  <message>
   <source>Your wallet does not tell how much it can take.</source>
   <translation>您的钱包不告知能收多少。</translation>
  </message>
  <message>
   <source>Your wallet refused to pay.</source>
   <translation>您的钱包拒绝付款。</translation>
  </message>
  <message>
   <source>Your wallet sees to that by itself.</source>
   <translation>这由您的钱包自己处理。</translation>
  </message>
  <message>
   <source>Your web server (this is Caddy's form) hands /.well-known/lnurlp/ and /lnurlp/ on to TipDesk. Then write the address into your profile, and try it.</source>
   <translation>您的网页服务器（此为 Caddy 的写法）把 /.well-known/lnurlp/ 和 /lnurlp/ 转交给 TipDesk。然后把地址写进您的资料并试一试。</translation>
  </message>
  <message>
   <source>Your website</source>
   <translation>你的网站</translation>
  </message>
  <message>
   <source>Your words</source>
   <translation>你的助记词</translation>
  </message>
  <message>
   <source>Your words are on their way to them alone.</source>
   <translation>你的留言正在送达，只有对方能读。</translation>
  </message>
  <message>
   <source>Your words did not arrive. {why}</source>
   <translation>你的留言没有送到。{why}</translation>
  </message>
  <message>
   <source>Your words were delivered, for them alone to read.</source>
   <translation>你的留言已送达，只有对方能读。</translation>
  </message>
  <message>
   <source>Your words, with spaces between them</source>
   <translation>你的助记词，用空格分开</translation>
  </message>
  <message>
   <source>Zaps are taken, and your key signs the receipts.</source>
   <translation>接受 zap，收据由你的密钥签名。</translation>
  </message>
  <message>
   <source>a batch was not answered whole</source>
   <translation>一批请求没有得到完整的回应</translation>
  </message>
  <message>
   <source>a block header was expected</source>
   <translation>应为区块头</translation>
  </message>
  <message>
   <source>a block whose fields do not make its hash</source>
   <translation>一个区块的字段与其哈希不符</translation>
  </message>
  <message>
   <source>a block without transactions, or with too many</source>
   <translation>一个区块没有交易，或交易过多</translation>
  </message>
  <message>
   <source>a channel makes it spendable</source>
   <translation>开通道后即可花</translation>
  </message>
  <message>
   <source>a day</source>
   <translation>每天</translation>
  </message>
  <message>
   <source>a failure spoilt behind {n} hops</source>
   <translation>失败信息在第 {n} 跳之后损坏</translation>
  </message>
  <message>
   <source>a failure that cannot be read</source>
   <translation>读不了的失败信息</translation>
  </message>
  <message>
   <source>a fee that is no number</source>
   <translation>手续费不是数字</translation>
  </message>
  <message>
   <source>a header that is not the best block's</source>
   <translation>区块头不是最佳区块的</translation>
  </message>
  <message>
   <source>a history of more than {most} transactions</source>
   <translation>历史超过 {most} 笔交易</translation>
  </message>
  <message>
   <source>a history of {count} transactions</source>
   <translation>历史有 {count} 笔交易</translation>
  </message>
  <message>
   <source>a key file has {wanted} bytes, not {count}</source>
   <translation>密钥文件应有 {wanted} 字节，而不是 {count}</translation>
  </message>
  <message>
   <source>a lightning address looks like name@example.com</source>
   <translation>闪电地址的格式如 name@example.com</translation>
  </message>
  <message>
   <source>a link to a wallet begins with nostr+walletconnect:// and is copied whole</source>
   <translation>钱包链接以 nostr+walletconnect:// 开头，须完整复制</translation>
  </message>
  <message>
   <source>a list was expected</source>
   <translation>应为列表</translation>
  </message>
  <message>
   <source>a mempool of {count} transactions</source>
   <translation>内存池有 {count} 笔交易</translation>
  </message>
  <message>
   <source>a merkle branch was expected</source>
   <translation>应为默克尔分支</translation>
  </message>
  <message>
   <source>a month</source>
   <translation>每月</translation>
  </message>
  <message>
   <source>a page of blocks was expected</source>
   <translation>应为一页区块</translation>
  </message>
  <message>
   <source>a part</source>
   <translation>一份</translation>
  </message>
  <message>
   <source>a payment name looks like name@example.com</source>
   <translation>支付名的样子是 名字@example.com</translation>
  </message>
  <message>
   <source>a picture</source>
   <translation>一张图片</translation>
  </message>
  <message>
   <source>a post</source>
   <translation>一篇帖子</translation>
  </message>
  <message>
   <source>a post by {name}</source>
   <translation>{name} 的帖子</translation>
  </message>
  <message>
   <source>a type stands twice</source>
   <translation>有一个类型出现了两次</translation>
  </message>
  <message>
   <source>a waiting transaction that is none</source>
   <translation>一笔等待中的交易不是交易</translation>
  </message>
  <message>
   <source>a week</source>
   <translation>每周</translation>
  </message>
  <message>
   <source>a whole number was expected</source>
   <translation>应为整数</translation>
  </message>
  <message>
   <source>about</source>
   <translation>大约</translation>
  </message>
  <message>
   <source>about how much</source>
   <translation>大约多少</translation>
  </message>
  <message>
   <source>added</source>
   <translation>已添加</translation>
  </message>
  <message>
   <source>addresses with a port or without a domain are for practice</source>
   <translation>带端口或没有域名的地址只用于练习</translation>
  </message>
  <message>
   <source>an amount is not less than nothing</source>
   <translation>金额不能小于零</translation>
  </message>
  <message>
   <source>an amount that is not shown</source>
   <translation>未显示的金额</translation>
  </message>
  <message>
   <source>an argument is too long or holds a zero byte</source>
   <translation>有一个参数太长或含有零字节</translation>
  </message>
  <message>
   <source>an error without words</source>
   <translation>没有说明的错误</translation>
  </message>
  <message>
   <source>an identifier of {count} bytes</source>
   <translation>标识符有 {count} 字节</translation>
  </message>
  <message>
   <source>an invoice cannot carry a note of the payer</source>
   <translation>发票不能带付款人的附言</translation>
  </message>
  <message>
   <source>an invoice comes back</source>
   <translation>能返回发票</translation>
  </message>
  <message>
   <source>an naddr without identifier, author or kind</source>
   <translation>naddr 缺少标识符、作者或类型</translation>
  </message>
  <message>
   <source>an object was expected</source>
   <translation>应为对象</translation>
  </message>
  <message>
   <source>an offer</source>
   <translation>一份要约</translation>
  </message>
  <message>
   <source>an unknown server</source>
   <translation>未知服务器</translation>
  </message>
  <message>
   <source>and {amounts}; {left_out}</source>
   <translation>以及 {amounts}；{left_out}</translation>
  </message>
  <message numerus="yes">
   <source>and {count} more</source>
   <translation>
    <numerusform>还有 {count} 条</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>and {count} others</source>
   <translation>
    <numerusform>以及另外 {count} 个</numerusform>
   </translation>
  </message>
  <message>
   <source>another amount</source>
   <translation>其他金额</translation>
  </message>
  <message>
   <source>another block came in place of {block}</source>
   <translation>收到的不是区块 {block}，而是另一个</translation>
  </message>
  <message>
   <source>another network</source>
   <translation>另一个网络</translation>
  </message>
  <message>
   <source>any amount</source>
   <translation>任意金额</translation>
  </message>
  <message>
   <source>arrives or comes back</source>
   <translation>到账或退回</translation>
  </message>
  <message>
   <source>asking for the balance</source>
   <translation>查询余额</translation>
  </message>
  <message>
   <source>asking the node who it is</source>
   <translation>询问节点身份</translation>
  </message>
  <message>
   <source>asking the wallet who it is</source>
   <translation>询问钱包身份</translation>
  </message>
  <message>
   <source>asking what became of payments</source>
   <translation>查询付款结果</translation>
  </message>
  <message>
   <source>asking …</source>
   <translation>正在询问 …</translation>
  </message>
  <message>
   <source>at most {amount}</source>
   <translation>最多 {amount}</translation>
  </message>
  <message>
   <source>at most {most} records of {bytes} bytes together</source>
   <translation>记录最多 {most} 条，合计最多 {bytes} 字节</translation>
  </message>
  <message>
   <source>bitcoind does not follow {network}</source>
   <translation>bitcoind 不在 {network} 网络上</translation>
  </message>
  <message>
   <source>bitcoind is starting: {text}</source>
   <translation>bitcoind 正在启动：{text}</translation>
  </message>
  <message>
   <source>bitcoind refuses the user name or password</source>
   <translation>bitcoind 拒绝了用户名或密码</translation>
  </message>
  <message>
   <source>bitcoind's cookie {cookie} cannot be read: {error}</source>
   <translation>无法读取 bitcoind 的 cookie {cookie}：{error}</translation>
  </message>
  <message>
   <source>block {height}</source>
   <translation>区块 {height}</translation>
  </message>
  <message>
   <source>blur privacy balance</source>
   <translation>模糊 隐私 余额</translation>
  </message>
  <message>
   <source>budget undo currency fiat</source>
   <translation>预算 撤销 货币 法币</translation>
  </message>
  <message>
   <source>buy money exchange</source>
   <translation>购买 钱 交易所</translation>
  </message>
  <message>
   <source>by block {height}</source>
   <translation>到区块 {height}</translation>
  </message>
  <message>
   <source>by that wallet, for channels and fees</source>
   <translation>由该钱包为通道和手续费保留</translation>
  </message>
  <message>
   <source>by their provider's word</source>
   <translation>仅凭对方服务商所称</translation>
  </message>
  <message>
   <source>by {source}, {ago}</source>
   <translation>来源 {source}，{ago}</translation>
  </message>
  <message>
   <source>bytes that are no block</source>
   <translation>这些字节不是区块</translation>
  </message>
  <message>
   <source>cannot be read</source>
   <translation>无法读取</translation>
  </message>
  <message>
   <source>cannot be started: {why}</source>
   <translation>无法启动：{why}</translation>
  </message>
  <message>
   <source>cannot listen on {host}:{port}: {why}</source>
   <translation>无法监听 {host}:{port}：{why}</translation>
  </message>
  <message>
   <source>channel closed</source>
   <translation>关闭通道</translation>
  </message>
  <message>
   <source>channel opened</source>
   <translation>打开通道</translation>
  </message>
  <message>
   <source>close them to have it back</source>
   <translation>关闭后即可取回</translation>
  </message>
  <message>
   <source>closed {day}</source>
   <translation>{day} 结束</translation>
  </message>
  <message>
   <source>connect node nwc lnd switch</source>
   <translation>连接 节点 nwc lnd 切换</translation>
  </message>
  <message>
   <source>contact address book</source>
   <translation>联系人 通讯录 地址簿</translation>
  </message>
  <message>
   <source>d MMM</source>
   <translation>M月d日</translation>
  </message>
  <message>
   <source>d MMM yyyy</source>
   <translation>yyyy年M月d日</translation>
  </message>
  <message>
   <source>days</source>
   <translation>天</translation>
  </message>
  <message>
   <source>ended with the error {code}</source>
   <translation>以错误 {code} 结束</translation>
  </message>
  <message>
   <source>error {status}.</source>
   <translation>错误 {status}。</translation>
  </message>
  <message>
   <source>everybody on the way there could read whom you look up, so name one with https, or let everything go through a proxy</source>
   <translation>途中的每个人都能读到你在查询谁，所以请写带 https 的，或让所有数据都走代理</translation>
  </message>
  <message>
   <source>exit close</source>
   <translation>退出 关闭</translation>
  </message>
  <message>
   <source>failed</source>
   <translation>失败</translation>
  </message>
  <message>
   <source>fee {amount}</source>
   <translation>手续费 {amount}</translation>
  </message>
  <message>
   <source>fee ≤ {amount}</source>
   <translation>手续费 ≤ {amount}</translation>
  </message>
  <message>
   <source>follows: {text} is no public key: {error}.</source>
   <translation>follows：{text} 不是公钥：{error}。</translation>
  </message>
  <message>
   <source>for picture {place} of {images}</source>
   <translation>打赏第 {place} 张图片，共 {images} 张</translation>
  </message>
  <message>
   <source>for {amount}</source>
   <translation>因你打赏 {amount}</translation>
  </message>
  <message>
   <source>for {name}</source>
   <translation>给 {name}</translation>
  </message>
  <message>
   <source>free as soon as it is back</source>
   <translation>对方回来后可用</translation>
  </message>
  <message>
   <source>free by about {when}</source>
   <translation>约 {when} 可用</translation>
  </message>
  <message>
   <source>free once they are confirmed</source>
   <translation>确认后可用</translation>
  </message>
  <message>
   <source>free when payments under way have settled</source>
   <translation>进行中的付款结算后可用</translation>
  </message>
  <message>
   <source>from now on</source>
   <translation>从现在起</translation>
  </message>
  <message>
   <source>from {name}</source>
   <translation>来自 {name}</translation>
  </message>
  <message>
   <source>has a character outside printable ASCII</source>
   <translation>含有可打印 ASCII 之外的字符</translation>
  </message>
  <message>
   <source>has a wrong checksum: a letter is missing or mistyped</source>
   <translation>校验和不对：少了或打错了一个字母</translation>
  </message>
  <message>
   <source>has expired</source>
   <translation>已过期</translation>
  </message>
  <message>
   <source>has it</source>
   <translation>已有</translation>
  </message>
  <message>
   <source>has no separator, no prefix or no checksum</source>
   <translation>没有分隔符、前缀或校验和</translation>
  </message>
  <message>
   <source>has the character {letter}</source>
   <translation>含有字符 {letter}</translation>
  </message>
  <message>
   <source>has wrong padding</source>
   <translation>填充不对</translation>
  </message>
  <message>
   <source>have its invoices count as tips</source>
   <translation>让它的发票算作打赏</translation>
  </message>
  <message>
   <source>headers are missing</source>
   <translation>缺少区块头</translation>
  </message>
  <message>
   <source>headers of a wrong length</source>
   <translation>区块头的长度不对</translation>
  </message>
  <message>
   <source>hexadecimal digits were expected</source>
   <translation>应为十六进制数字</translation>
  </message>
  <message>
   <source>hop {hop}: {sentence}; held for {held} ms</source>
   <translation>第 {hop} 跳：{sentence}；停留 {held} 毫秒</translation>
  </message>
  <message>
   <source>how much</source>
   <translation>多少</translation>
  </message>
  <message>
   <source>https:// address of a picture, if any</source>
   <translation>图片的 https:// 地址（可选）</translation>
  </message>
  <message>
   <source>https://, or empty for none</source>
   <translation>https://，留空则没有</translation>
  </message>
  <message>
   <source>https://, or tcp:// and an IP address</source>
   <translation>https://，或 tcp:// 加 IP 地址</translation>
  </message>
  <message>
   <source>in all</source>
   <translation>总共</translation>
  </message>
  <message>
   <source>in {time}</source>
   <translation>{time}后</translation>
  </message>
  <message>
   <source>is not there: install speech-dispatcher or espeak-ng</source>
   <translation>不存在：请安装 speech-dispatcher 或 espeak-ng</translation>
  </message>
  <message>
   <source>it answers something else</source>
   <translation>它回答的是别的问题</translation>
  </message>
  <message>
   <source>it cannot be reached</source>
   <translation>无法连接它</translation>
  </message>
  <message>
   <source>it could not find out</source>
   <translation>它无法查明</translation>
  </message>
  <message>
   <source>it did not answer in time</source>
   <translation>它没有及时回答</translation>
  </message>
  <message>
   <source>it does not begin as a vault does</source>
   <translation>它的开头不像保险库</translation>
  </message>
  <message>
   <source>it does not say why</source>
   <translation>它没有说明原因</translation>
  </message>
  <message>
   <source>it ends too early</source>
   <translation>它过早结束</translation>
  </message>
  <message>
   <source>it has letters that such texts never have</source>
   <translation>它含有这类文字从来没有的字母</translation>
  </message>
  <message>
   <source>it has the character {letter}</source>
   <translation>它含有字符 {letter}</translation>
  </message>
  <message>
   <source>it is for another network</source>
   <translation>它属于另一个网络</translation>
  </message>
  <message>
   <source>it is locked. Unlock it, then try again.</source>
   <translation>它已锁定。请解锁后重试。</translation>
  </message>
  <message>
   <source>it is longer than {maximum} characters</source>
   <translation>它超过 {maximum} 个字符</translation>
  </message>
  <message>
   <source>it is no code of three letters</source>
   <translation>它不是三个字母的代码</translation>
  </message>
  <message>
   <source>it is not UTF-8</source>
   <translation>它不是 UTF-8</translation>
  </message>
  <message>
   <source>it is too large</source>
   <translation>它太大</translation>
  </message>
  <message>
   <source>it is too large for one</source>
   <translation>对备份来说太大</translation>
  </message>
  <message>
   <source>it left out {txid}, which block {height} holds</source>
   <translation>它遗漏了 {txid}，而区块 {height} 中有这笔交易</translation>
  </message>
  <message>
   <source>it mixes upper and lower case</source>
   <translation>它混用了大小写</translation>
  </message>
  <message>
   <source>it names no program, or too many arguments</source>
   <translation>没有写程序，或参数太多</translation>
  </message>
  <message>
   <source>it sends what is no answer</source>
   <translation>它发来的不是回答</translation>
  </message>
  <message>
   <source>it took too long</source>
   <translation>花的时间太长</translation>
  </message>
  <message>
   <source>it would go to this wallet itself</source>
   <translation>它会付给这个钱包自己</translation>
  </message>
  <message>
   <source>its address must begin with https://, or lead to this machine</source>
   <translation>地址必须以 https:// 开头，或指向这台机器</translation>
  </message>
  <message>
   <source>its amount is another one</source>
   <translation>金额不同</translation>
  </message>
  <message>
   <source>its checksum does not match</source>
   <translation>它的校验和不符</translation>
  </message>
  <message>
   <source>its content was altered</source>
   <translation>它的内容被改动过</translation>
  </message>
  <message>
   <source>its end is missing or mistyped</source>
   <translation>它的末尾缺失或打错了</translation>
  </message>
  <message>
   <source>its hash is another</source>
   <translation>哈希不同</translation>
  </message>
  <message>
   <source>its key is made in an unknown way</source>
   <translation>它的密钥以未知的方式生成</translation>
  </message>
  <message>
   <source>its name has from 1 to {most} characters</source>
   <translation>名称要有 1 到 {most} 个字符</translation>
  </message>
  <message>
   <source>its rules do not allow it</source>
   <translation>它的规则不允许</translation>
  </message>
  <message>
   <source>just now</source>
   <translation>刚刚</translation>
  </message>
  <message>
   <source>kept by {taken} of {relays}</source>
   <translation>{relays}中有 {taken} 个保存</translation>
  </message>
  <message>
   <source>keys in a file</source>
   <translation>密钥在文件中</translation>
  </message>
  <message>
   <source>keys in the keyring</source>
   <translation>密钥在密钥环中</translation>
  </message>
  <message>
   <source>kind {kind} is not a profile</source>
   <translation>类型 {kind} 不是资料</translation>
  </message>
  <message>
   <source>left</source>
   <translation>已移除</translation>
  </message>
  <message>
   <source>less than 0.1 % of it</source>
   <translation>不到其中的 0.1 %</translation>
  </message>
  <message>
   <source>less than {amount}</source>
   <translation>不到 {amount}</translation>
  </message>
  <message>
   <source>likely {likely} over {channels}, {most}</source>
   <translation>约 {likely}，经 {channels}，{most}</translation>
  </message>
  <message>
   <source>lines</source>
   <translation>行</translation>
  </message>
  <message>
   <source>little left to send: {send}</source>
   <translation>可发送的不多：{send}</translation>
  </message>
  <message>
   <source>little room to receive: {receive}</source>
   <translation>可接收的空间不多：{receive}</translation>
  </message>
  <message>
   <source>longer than {maximum} characters</source>
   <translation>超过 {maximum} 个字符</translation>
  </message>
  <message>
   <source>look up its own payments</source>
   <translation>查询它自己的付款</translation>
  </message>
  <message>
   <source>make an invoice</source>
   <translation>开发票</translation>
  </message>
  <message>
   <source>make invoices</source>
   <translation>开发票</translation>
  </message>
  <message>
   <source>making invoices</source>
   <translation>开发票</translation>
  </message>
  <message>
   <source>map {known} of {whole}</source>
   <translation>地图 {known}/{whole}</translation>
  </message>
  <message>
   <source>may guess</source>
   <translation>可能猜到</translation>
  </message>
  <message>
   <source>may guess that it is you</source>
   <translation>可能猜到是你</translation>
  </message>
  <message>
   <source>may guess who is paid</source>
   <translation>可能猜到付给谁</translation>
  </message>
  <message>
   <source>mixes upper and lower case</source>
   <translation>混用了大写和小写</translation>
  </message>
  <message>
   <source>more than {count} times</source>
   <translation>超过 {count} 次</translation>
  </message>
  <message>
   <source>mute, and more</source>
   <translation>静音等</translation>
  </message>
  <message>
   <source>neither a result nor an error</source>
   <translation>既没有结果也没有错误</translation>
  </message>
  <message>
   <source>nested too deeply</source>
   <translation>嵌套过深</translation>
  </message>
  <message>
   <source>never opened</source>
   <translation>从未打开</translation>
  </message>
  <message>
   <source>next, previous</source>
   <translation>下一个，上一个</translation>
  </message>
  <message>
   <source>no</source>
   <translation>否</translation>
  </message>
  <message>
   <source>no amount</source>
   <translation>没有金额</translation>
  </message>
  <message>
   <source>no amount was named</source>
   <translation>没有写明金额</translation>
  </message>
  <message>
   <source>no answer</source>
   <translation>没有回应</translation>
  </message>
  <message>
   <source>no answer to {method} in time</source>
   <translation>{method} 没有及时得到回应</translation>
  </message>
  <message>
   <source>no chain server</source>
   <translation>没有链服务器</translation>
  </message>
  <message>
   <source>no connection to {host}:{port}: {why}</source>
   <translation>无法连接 {host}:{port}：{why}</translation>
  </message>
  <message>
   <source>no description</source>
   <translation>没有说明</translation>
  </message>
  <message>
   <source>no end</source>
   <translation>没有期限</translation>
  </message>
  <message>
   <source>no fee</source>
   <translation>免手续费</translation>
  </message>
  <message>
   <source>no key or id in it</source>
   <translation>其中没有密钥或 ID</translation>
  </message>
  <message>
   <source>no lightning address is known</source>
   <translation>不知道闪电地址</translation>
  </message>
  <message>
   <source>no passphrase</source>
   <translation>没有密码短语</translation>
  </message>
  <message>
   <source>no rate was known</source>
   <translation>当时没有汇率</translation>
  </message>
  <message>
   <source>no way to reach them yet</source>
   <translation>还没有联系方式</translation>
  </message>
  <message>
   <source>nobody listens there</source>
   <translation>那里没有程序在监听</translation>
  </message>
  <message>
   <source>node {key}</source>
   <translation>节点 {key}</translation>
  </message>
  <message>
   <source>none of the ways that it names can be entered from here</source>
   <translation>它列出的路径都无法从这里进入</translation>
  </message>
  <message>
   <source>not JSON</source>
   <translation>不是 JSON</translation>
  </message>
  <message>
   <source>not a JSON object</source>
   <translation>不是 JSON 对象</translation>
  </message>
  <message>
   <source>not a bitcoin: link</source>
   <translation>不是 bitcoin: 链接</translation>
  </message>
  <message>
   <source>not a nostr.json: no names</source>
   <translation>不是 nostr.json：没有名称</translation>
  </message>
  <message>
   <source>not a nostr.json: {why}</source>
   <translation>不是 nostr.json：{why}</translation>
  </message>
  <message>
   <source>not a stored success action</source>
   <translation>不是保存过的成功操作</translation>
  </message>
  <message>
   <source>not a web address</source>
   <translation>不是网址</translation>
  </message>
  <message>
   <source>not an LNURL</source>
   <translation>不是 LNURL</translation>
  </message>
  <message>
   <source>not an address of {network}</source>
   <translation>不是 {network} 的地址</translation>
  </message>
  <message>
   <source>not delivered</source>
   <translation>未送达</translation>
  </message>
  <message>
   <source>not public yet</source>
   <translation>尚未公开</translation>
  </message>
  <message>
   <source>note publish new</source>
   <translation>短文 发布 新建</translation>
  </message>
  <message>
   <source>nothing</source>
   <translation>零</translation>
  </message>
  <message>
   <source>now</source>
   <translation>刚刚</translation>
  </message>
  <message>
   <source>npub</source>
   <translation>npub</translation>
  </message>
  <message>
   <source>npub, note, nprofile, nevent or naddr</source>
   <translation>npub、note、nprofile、nevent 或 naddr</translation>
  </message>
  <message>
   <source>on Nostr</source>
   <translation>在 Nostr 上</translation>
  </message>
  <message>
   <source>on Nostr: {name}</source>
   <translation>在 Nostr 上：{name}</translation>
  </message>
  <message>
   <source>on chain</source>
   <translation>链上</translation>
  </message>
  <message>
   <source>on chain once that is confirmed</source>
   <translation>确认后在链上</translation>
  </message>
  <message>
   <source>on its way</source>
   <translation>进行中</translation>
  </message>
  <message>
   <source>on {day}</source>
   <translation>于 {day}</translation>
  </message>
  <message>
   <source>one has the type of the payment's proof</source>
   <translation>有一条记录用了付款证明的类型</translation>
  </message>
  <message>
   <source>one of the pictures</source>
   <translation>其中一张图片</translation>
  </message>
  <message>
   <source>one person a day</source>
   <translation>每天给一个人</translation>
  </message>
  <message>
   <source>others can find a way to us</source>
   <translation>别人能找到通往我们的路</translation>
  </message>
  <message>
   <source>our peer could not read its onion</source>
   <translation>我们的对等节点读不了给它的洋葱包</translation>
  </message>
  <message>
   <source>overlay stream</source>
   <translation>叠加层 直播</translation>
  </message>
  <message>
   <source>page</source>
   <translation>页面</translation>
  </message>
  <message>
   <source>passphrase</source>
   <translation>密码短语</translation>
  </message>
  <message>
   <source>pay invoice withdraw</source>
   <translation>付款 发票 提取</translation>
  </message>
  <message>
   <source>pay invoices</source>
   <translation>支付发票</translation>
  </message>
  <message>
   <source>pay nodes without an invoice</source>
   <translation>无发票向节点付款</translation>
  </message>
  <message>
   <source>payment hash {hash}</source>
   <translation>付款哈希 {hash}</translation>
  </message>
  <message>
   <source>payment received</source>
   <translation>收到款项</translation>
  </message>
  <message>
   <source>payment sent</source>
   <translation>付出款项</translation>
  </message>
  <message>
   <source>payments</source>
   <translation>付款</translation>
  </message>
  <message>
   <source>payments under way: {count}</source>
   <translation>进行中的付款：{count}</translation>
  </message>
  <message>
   <source>phoenixd makes invoices over whole satoshis, not {amount}.</source>
   <translation>phoenixd 只开整数聪的发票，不能是 {amount}。</translation>
  </message>
  <message>
   <source>phoenixd pays whole satoshis where an invoice names no amount</source>
   <translation>发票没有写明金额时，phoenixd 只支付整数聪</translation>
  </message>
  <message>
   <source>phoenixd takes at most {most} characters as an invoice's description.</source>
   <translation>phoenixd 的发票说明最多 {most} 个字符。</translation>
  </message>
  <message>
   <source>port</source>
   <translation>端口</translation>
  </message>
  <message>
   <source>private message</source>
   <translation>私密消息</translation>
  </message>
  <message>
   <source>proxy_for is one of {scopes}.</source>
   <translation>proxy_for 是 {scopes} 之一。</translation>
  </message>
  <message>
   <source>public</source>
   <translation>公开</translation>
  </message>
  <message>
   <source>read aloud</source>
   <translation>朗读</translation>
  </message>
  <message>
   <source>read on, replies</source>
   <translation>继续阅读，回复</translation>
  </message>
  <message>
   <source>reading channels and balances</source>
   <translation>读取通道和余额</translation>
  </message>
  <message>
   <source>reading invoices</source>
   <translation>读取发票</translation>
  </message>
  <message>
   <source>receive up to {receive}</source>
   <translation>最多可收 {receive}</translation>
  </message>
  <message>
   <source>received</source>
   <translation>收到</translation>
  </message>
  <message>
   <source>received on chain</source>
   <translation>链上收到</translation>
  </message>
  <message>
   <source>record {wanted} is {count} bytes, not {length}</source>
   <translation>记录 {wanted} 有 {count} 字节，而不是 {length}</translation>
  </message>
  <message>
   <source>refused</source>
   <translation>已拒绝</translation>
  </message>
  <message>
   <source>reserve {reserve}</source>
   <translation>储备 {reserve}</translation>
  </message>
  <message>
   <source>search</source>
   <translation>搜索</translation>
  </message>
  <message>
   <source>seconds</source>
   <translation>秒</translation>
  </message>
  <message>
   <source>see the balance</source>
   <translation>查看余额</translation>
  </message>
  <message>
   <source>send up to {send}</source>
   <translation>最多可发 {send}</translation>
  </message>
  <message>
   <source>sent</source>
   <translation>付出</translation>
  </message>
  <message>
   <source>sent on chain</source>
   <translation>链上付出</translation>
  </message>
  <message>
   <source>sent with another app</source>
   <translation>用另一个应用发送</translation>
  </message>
  <message>
   <source>settled</source>
   <translation>已结算</translation>
  </message>
  <message>
   <source>settled by your wallet</source>
   <translation>由你的钱包结算</translation>
  </message>
  <message>
   <source>settles by about {when}</source>
   <translation>约 {when} 结算</translation>
  </message>
  <message>
   <source>show what is hidden</source>
   <translation>显示隐藏的内容</translation>
  </message>
  <message>
   <source>so that channels stay safe</source>
   <translation>以保证通道安全</translation>
  </message>
  <message>
   <source>some money</source>
   <translation>一些钱</translation>
  </message>
  <message>
   <source>somebody</source>
   <translation>某人</translation>
  </message>
  <message>
   <source>ssl://host:port or tcp://host:port for an Electrum server, https://host/path for Esplora, bitcoind://user:password@host:port or bitcoind://host:port?cookie=/path/to/.cookie</source>
   <translation>Electrum 服务器写 ssl://host:port 或 tcp://host:port，Esplora 写 https://host/path，bitcoind 写 bitcoind://user:password@host:port 或 bitcoind://host:port?cookie=/path/to/.cookie</translation>
  </message>
  <message>
   <source>stays while a channel is open</source>
   <translation>通道打开期间保留</translation>
  </message>
  <message>
   <source>taken back</source>
   <translation>已收回</translation>
  </message>
  <message>
   <source>takes no tips yet</source>
   <translation>还不接受打赏</translation>
  </message>
  <message>
   <source>takes tips</source>
   <translation>接受打赏</translation>
  </message>
  <message>
   <source>that host cannot be reached</source>
   <translation>无法连到那个主机</translation>
  </message>
  <message>
   <source>that is no onion address</source>
   <translation>那不是洋葱地址</translation>
  </message>
  <message>
   <source>that it is you</source>
   <translation>是你</translation>
  </message>
  <message>
   <source>that network cannot be reached</source>
   <translation>无法连到那个网络</translation>
  </message>
  <message>
   <source>that onion service asks for a key</source>
   <translation>那个洋葱服务要求密钥</translation>
  </message>
  <message>
   <source>that onion service does not take the key</source>
   <translation>那个洋葱服务不接受这个密钥</translation>
  </message>
  <message>
   <source>the LNURL holds no address</source>
   <translation>LNURL 中没有地址</translation>
  </message>
  <message>
   <source>the address</source>
   <translation>地址</translation>
  </message>
  <message>
   <source>the address answers</source>
   <translation>地址有应答</translation>
  </message>
  <message>
   <source>the address has a wrong length</source>
   <translation>地址长度不对</translation>
  </message>
  <message>
   <source>the address is cut short</source>
   <translation>地址不完整</translation>
  </message>
  <message>
   <source>the address {error}</source>
   <translation>地址有问题：{error}</translation>
  </message>
  <message>
   <source>the amount is nothing</source>
   <translation>金额为零</translation>
  </message>
  <message>
   <source>the amount must be from {least} to {most}</source>
   <translation>金额要在 {least} 到 {most} 之间</translation>
  </message>
  <message>
   <source>the amounts that were named differ</source>
   <translation>写明的金额不一致</translation>
  </message>
  <message>
   <source>the chain changed each time it was read</source>
   <translation>每次读取时链都变了</translation>
  </message>
  <message>
   <source>the chain server closed the connection</source>
   <translation>链服务器关闭了连接</translation>
  </message>
  <message>
   <source>the chain server does not follow {network}</source>
   <translation>链服务器不在 {network} 网络上</translation>
  </message>
  <message>
   <source>the chain server {place} cannot be reached</source>
   <translation>无法连接链服务器 {place}</translation>
  </message>
  <message>
   <source>the chain server's answer is not JSON</source>
   <translation>链服务器的回应不是 JSON</translation>
  </message>
  <message>
   <source>the character {letter} is in no address</source>
   <translation>任何地址都没有字符 {letter}</translation>
  </message>
  <message>
   <source>the checksum is wrong: a letter is missing or mistyped</source>
   <translation>校验和不对：有字母缺了或打错了</translation>
  </message>
  <message>
   <source>the identifier is not UTF-8</source>
   <translation>标识符不是 UTF-8</translation>
  </message>
  <message>
   <source>the invoice commits to nothing</source>
   <translation>发票没有承诺任何内容</translation>
  </message>
  <message>
   <source>the invoice commits to something else</source>
   <translation>发票承诺的是别的内容</translation>
  </message>
  <message>
   <source>the invoice commits to the zap</source>
   <translation>发票承诺的是这个 zap</translation>
  </message>
  <message>
   <source>the invoice commits to what was asked</source>
   <translation>发票承诺的与所要求的一致</translation>
  </message>
  <message>
   <source>the invoice has expired</source>
   <translation>发票已过期</translation>
  </message>
  <message>
   <source>the invoice is for our network</source>
   <translation>发票属于我们的网络</translation>
  </message>
  <message>
   <source>the invoice is for the exact amount</source>
   <translation>发票金额正好</translation>
  </message>
  <message>
   <source>the invoice is for {network}</source>
   <translation>发票属于 {network}</translation>
  </message>
  <message>
   <source>the invoice leaves time to pay</source>
   <translation>发票留有付款的时间</translation>
  </message>
  <message>
   <source>the invoice pays our own wallet</source>
   <translation>发票付给我们自己的钱包</translation>
  </message>
  <message>
   <source>the key file is missing</source>
   <translation>缺少密钥文件</translation>
  </message>
  <message>
   <source>the line for your web server</source>
   <translation>给网页服务器的那一行</translation>
  </message>
  <message>
   <source>the link demands {name}, which TipDesk lacks</source>
   <translation>链接要求 {name}，而 TipDesk 没有</translation>
  </message>
  <message>
   <source>the link has no usable {name}: copy it again</source>
   <translation>链接中没有可用的 {name}：请重新复制</translation>
  </message>
  <message>
   <source>the link has too many parts</source>
   <translation>链接的部分太多</translation>
  </message>
  <message>
   <source>the link names no relay over which the wallet could be reached</source>
   <translation>链接没有写明可以访问钱包的中继</translation>
  </message>
  <message>
   <source>the link names no usable amount</source>
   <translation>链接没有写可用的金额</translation>
  </message>
  <message>
   <source>the link names nothing that can be paid</source>
   <translation>链接没有写任何可以付款的对象</translation>
  </message>
  <message>
   <source>the name is too long</source>
   <translation>名字太长</translation>
  </message>
  <message>
   <source>the onion service did not answer in time</source>
   <translation>洋葱服务没有及时回应</translation>
  </message>
  <message>
   <source>the onion service did not take the call</source>
   <translation>洋葱服务没有接受连接</translation>
  </message>
  <message>
   <source>the payment</source>
   <translation>付款</translation>
  </message>
  <message>
   <source>the payment instructions under that name cannot be read</source>
   <translation>该名称下的支付信息无法读取</translation>
  </message>
  <message>
   <source>the peer did not answer in time</source>
   <translation>对方没有及时回应</translation>
  </message>
  <message>
   <source>the profile cannot be read: {error}</source>
   <translation>资料无法读取：{error}</translation>
  </message>
  <message>
   <source>the recipient</source>
   <translation>收款人</translation>
  </message>
  <message>
   <source>the route</source>
   <translation>路由</translation>
  </message>
  <message>
   <source>the routes</source>
   <translation>各条路由</translation>
  </message>
  <message>
   <source>the server sealed its text with another key</source>
   <translation>服务器用另一把密钥封装了文字</translation>
  </message>
  <message>
   <source>the server wants an action {tag} after the payment: not supported</source>
   <translation>服务器要求付款后执行操作 {tag}：不支持</translation>
  </message>
  <message>
   <source>the server's answer has no usable {name}</source>
   <translation>服务器的回答没有可用的 {name}</translation>
  </message>
  <message>
   <source>the server's link leads to another site</source>
   <translation>服务器的链接指向另一个网站</translation>
  </message>
  <message>
   <source>the server's sealed text cannot be read</source>
   <translation>服务器封装的文字无法读取</translation>
  </message>
  <message>
   <source>the server's success action cannot be read</source>
   <translation>服务器的成功操作无法读取</translation>
  </message>
  <message>
   <source>the tip</source>
   <translation>打赏</translation>
  </message>
  <message>
   <source>the tip of {amount} to {name}</source>
   <translation>给 {name} 的 {amount} 打赏</translation>
  </message>
  <message>
   <source>the transaction's id</source>
   <translation>交易 ID</translation>
  </message>
  <message>
   <source>the way to that onion service failed</source>
   <translation>通往那个洋葱服务的路断了</translation>
  </message>
  <message>
   <source>their lightning address</source>
   <translation>对方的闪电地址</translation>
  </message>
  <message>
   <source>their npub</source>
   <translation>对方的 npub</translation>
  </message>
  <message>
   <source>their types are numbers from {first} on</source>
   <translation>类型是从 {first} 起的数字</translation>
  </message>
  <message>
   <source>there are at most {most}</source>
   <translation>最多 {most} 个</translation>
  </message>
  <message>
   <source>there are no payment instructions under that name</source>
   <translation>该名称下没有支付信息</translation>
  </message>
  <message>
   <source>there are {count} different payment instructions under that name</source>
   <translation>该名称下有 {count} 条不同的支付信息</translation>
  </message>
  <message>
   <source>there is another of that name</source>
   <translation>已有同名的</translation>
  </message>
  <message>
   <source>there is no chain in it</source>
   <translation>其中没有链</translation>
  </message>
  <message>
   <source>there is no chain server</source>
   <translation>没有链服务器</translation>
  </message>
  <message>
   <source>there is no connection to a chain server</source>
   <translation>没有与链服务器的连接</translation>
  </message>
  <message>
   <source>there is no connection to bitcoind</source>
   <translation>没有与 bitcoind 的连接</translation>
  </message>
  <message>
   <source>there is no connection to the chain server</source>
   <translation>没有与链服务器的连接</translation>
  </message>
  <message>
   <source>there is no onion service of that name now</source>
   <translation>现在没有这个名字的洋葱服务</translation>
  </message>
  <message>
   <source>there is no path in it</source>
   <translation>其中没有路径</translation>
  </message>
  <message>
   <source>there is no time left</source>
   <translation>没有剩余时间了</translation>
  </message>
  <message>
   <source>there is room to receive</source>
   <translation>有收款的空间</translation>
  </message>
  <message>
   <source>there was nothing to compare with</source>
   <translation>没有可以比较的内容</translation>
  </message>
  <message>
   <source>this app a day</source>
   <translation>每天给这个应用</translation>
  </message>
  <message>
   <source>this is an {found}, not an {expected}</source>
   <translation>这是 {found}，不是 {expected}</translation>
  </message>
  <message>
   <source>this profile has a vault file</source>
   <translation>这个配置有保险库文件</translation>
  </message>
  <message>
   <source>tip one of the three</source>
   <translation>打赏三个金额之一</translation>
  </message>
  <message>
   <source>tip received</source>
   <translation>收到打赏</translation>
  </message>
  <message>
   <source>tip sent</source>
   <translation>送出打赏</translation>
  </message>
  <message>
   <source>tip the first amount</source>
   <translation>打赏第一个金额</translation>
  </message>
  <message>
   <source>to</source>
   <translation>到</translation>
  </message>
  <message>
   <source>to another kind of address</source>
   <translation>到另一种地址</translation>
  </message>
  <message>
   <source>to one person</source>
   <translation>给一个人</translation>
  </message>
  <message>
   <source>today</source>
   <translation>今天</translation>
  </message>
  <message>
   <source>too long for an address</source>
   <translation>对地址来说太长</translation>
  </message>
  <message>
   <source>too many invoices are open; try again in some minutes</source>
   <translation>未付的发票太多；请几分钟后再试</translation>
  </message>
  <message>
   <source>took longer than {seconds} seconds</source>
   <translation>超过了 {seconds} 秒</translation>
  </message>
  <message>
   <source>transaction {txid}</source>
   <translation>交易 {txid}</translation>
  </message>
  <message>
   <source>transaction {txid} was refused: {reason}</source>
   <translation>交易 {txid} 被拒绝：{reason}</translation>
  </message>
  <message>
   <source>under way</source>
   <translation>进行中</translation>
  </message>
  <message>
   <source>undo</source>
   <translation>撤销</translation>
  </message>
  <message>
   <source>undo a tip</source>
   <translation>撤销打赏</translation>
  </message>
  <message>
   <source>until {date}</source>
   <translation>直到 {date}</translation>
  </message>
  <message>
   <source>until {day}</source>
   <translation>到 {day}</translation>
  </message>
  <message>
   <source>used {ago}</source>
   <translation>{ago}使用</translation>
  </message>
  <message>
   <source>waits for a block</source>
   <translation>等待区块</translation>
  </message>
  <message>
   <source>wallet account</source>
   <translation>钱包 账户</translation>
  </message>
  <message>
   <source>what a payment costs shows afterwards</source>
   <translation>付款费用事后才显示</translation>
  </message>
  <message>
   <source>what was found of that onion service is damaged</source>
   <translation>找到的那个洋葱服务的信息已损坏</translation>
  </message>
  <message>
   <source>what was sent to it</source>
   <translation>发给它的内容</translation>
  </message>
  <message>
   <source>what {wallet} decides</source>
   <translation>由 {wallet} 决定</translation>
  </message>
  <message>
   <source>who is paid</source>
   <translation>付给谁</translation>
  </message>
  <message>
   <source>who wrote it</source>
   <translation>作者是谁</translation>
  </message>
  <message>
   <source>yes</source>
   <translation>是</translation>
  </message>
  <message>
   <source>you do not follow them</source>
   <translation>你没有关注此人</translation>
  </message>
  <message>
   <source>your keys and channels, in this app</source>
   <translation>您的密钥和通道，在本应用中</translation>
  </message>
  <message>
   <source>your lightning address</source>
   <translation>你的闪电地址</translation>
  </message>
  <message>
   <source>your message</source>
   <translation>你的留言</translation>
  </message>
  <message>
   <source>your npub</source>
   <translation>你的 npub</translation>
  </message>
  <message>
   <source>zaps are taken, with receipts we sign</source>
   <translation>接受 zap，收据由我们签名</translation>
  </message>
  <message>
   <source>{act}: {what}</source>
   <translation>{act}：{what}</translation>
  </message>
  <message>
   <source>{address} says what it accepts.</source>
   <translation>{address} 说明了它接受什么。</translation>
  </message>
  <message>
   <source>{amount} are free at block {height}</source>
   <translation>{amount} 在区块 {height} 可用</translation>
  </message>
  <message>
   <source>{amount} are in flight and settle first.</source>
   <translation>{amount} 在途，会先结算。</translation>
  </message>
  <message numerus="yes">
   <source>{amount} are in its {count} channels. The sealed backup of them stays on this disk: with that and the words you can ask for the money back.</source>
   <translation>
    <numerusform>它的 {count} 条通道里有 {amount}。加密的通道备份留在这块磁盘上：凭它和助记词可以要求取回钱。</numerusform>
   </translation>
  </message>
  <message>
   <source>{amount} are on their way to your wallet</source>
   <translation>{amount} 正在回到你的钱包</translation>
  </message>
  <message>
   <source>{amount} arrived.</source>
   <translation>{amount} 已到账。</translation>
  </message>
  <message>
   <source>{amount} by their provider's word</source>
   <translation>{amount} 仅凭对方服务商所称</translation>
  </message>
  <message>
   <source>{amount} came after it closed and do not count.</source>
   <translation>{amount} 在结束后到账，不计入。</translation>
  </message>
  <message>
   <source>{amount} came to it.</source>
   <translation>{amount} 到达这里。</translation>
  </message>
  <message>
   <source>{amount} can be received</source>
   <translation>可收 {amount}</translation>
  </message>
  <message>
   <source>{amount} capacity</source>
   <translation>容量 {amount}</translation>
  </message>
  <message>
   <source>{amount} capacity, in {wallet}</source>
   <translation>容量 {amount}，在 {wallet} 中</translation>
  </message>
  <message>
   <source>{amount} fee</source>
   <translation>手续费 {amount}</translation>
  </message>
  <message>
   <source>{amount} from {name}</source>
   <translation>{name} 的 {amount}</translation>
  </message>
  <message>
   <source>{amount} from {name}, by their own word</source>
   <translation>{amount}，来自自称 {name} 的人</translation>
  </message>
  <message>
   <source>{amount} from {name}, by their own word.</source>
   <translation>{name} 的 {amount}（据其自称）。</translation>
  </message>
  <message>
   <source>{amount} from {name}.</source>
   <translation>{name} 的 {amount}。</translation>
  </message>
  <message>
   <source>{amount} in all</source>
   <translation>共 {amount}</translation>
  </message>
  <message>
   <source>{amount} in flight</source>
   <translation>{amount} 在途</translation>
  </message>
  <message>
   <source>{amount} is a large tip.</source>
   <translation>{amount} 是一大笔打赏。</translation>
  </message>
  <message>
   <source>{amount} is too little to send on chain</source>
   <translation>{amount} 太少，无法在链上发送</translation>
  </message>
  <message>
   <source>{amount} is {times} times your usual {usual}.</source>
   <translation>{amount} 是你平常 {usual} 的 {times} 倍。</translation>
  </message>
  <message>
   <source>{amount} of {total} can be spent now</source>
   <translation>{total} 中现在可花 {amount}</translation>
  </message>
  <message>
   <source>{amount} proven</source>
   <translation>{amount} 已证实</translation>
  </message>
  <message>
   <source>{amount} settled by your wallet</source>
   <translation>{amount} 由你的钱包结算</translation>
  </message>
  <message>
   <source>{amount} shared among {number}</source>
   <translation>由 {number} 人分 {amount}</translation>
  </message>
  <message>
   <source>{amount} to spend</source>
   <translation>可花 {amount}</translation>
  </message>
  <message>
   <source>{amount} to {name}</source>
   <translation>{amount} 给 {name}</translation>
  </message>
  <message>
   <source>{amount} to {name}. {state}. {sentence}</source>
   <translation>{amount} 给 {name}。{state}。{sentence}</translation>
  </message>
  <message>
   <source>{amount} were asked for; the invoice is over {found}.</source>
   <translation>要求的是 {amount}；发票上是 {found}。</translation>
  </message>
  <message>
   <source>{amount} with its fee is more than your limit of {limit} a day {who}. Write a smaller amount, or raise the limit first.</source>
   <translation>{amount} 连同手续费超过了你每天{who}的限额 {limit}。请输入更小的金额，或先提高限额。</translation>
  </message>
  <message>
   <source>{answered} of {asked} relays answered, so it is not certain what your list says now. So that nothing is lost, nothing can be changed until they answer.</source>
   <translation>{asked} 个中继中有 {answered} 个回应，所以不确定你的列表现在是什么样。为了不丢失任何东西，在它们回应之前不能更改。</translation>
  </message>
  <message>
   <source>{answered} of {asked} relays answered, so it is not certain what your profile is now. So that nothing is lost, nothing can be changed until they answer.</source>
   <translation>{asked} 个中继中有 {answered} 个回应，所以不确定你的资料现在是什么样。为了不丢失任何东西，在它们回应之前不能更改。</translation>
  </message>
  <message>
   <source>{begin} to {end}</source>
   <translation>{begin} 到 {end}</translation>
  </message>
  <message>
   <source>{came} and {left}</source>
   <translation>{came}，{left}</translation>
  </message>
  <message>
   <source>{change}, as in your other apps.</source>
   <translation>{change}，与你的其他应用一致。</translation>
  </message>
  <message>
   <source>{coming} usable from block {height}, about {day}</source>
   <translation>{coming} 从区块 {height} 起可用，约 {day}</translation>
  </message>
  <message numerus="yes">
   <source>{connected} of {count} relays</source>
   <translation>
    <numerusform>{connected} / {count} 个中继</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{count} blocks to claim it in.</source>
   <translation>
    <numerusform>领取期限 {count} 个区块。</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{count} channels</source>
   <translation>
    <numerusform>{count} 条通道</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{count} channels that you have are not in it: write it anew now.</source>
   <translation>
    <numerusform>你有 {count} 条通道不在其中：请现在重新写入。</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{count} drafts</source>
   <translation>
    <numerusform>{count} 份草稿</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{count} lines without a rate left out</source>
   <translation>
    <numerusform>{count} 行没有汇率，未计入</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{count} lines written to {path}.</source>
   <translation>
    <numerusform>{count} 行已写入 {path}。</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{count} more parts are not shown.</source>
   <translation>
    <numerusform>另有 {count} 份没有显示。</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{count} more replies</source>
   <translation>
    <numerusform>还有 {count} 条回复</numerusform>
   </translation>
  </message>
  <message>
   <source>{count} new</source>
   <translation>{count} 条新的</translation>
  </message>
  <message numerus="yes">
   <source>{count} new posts: go up</source>
   <translation>
    <numerusform>{count} 篇新帖子：回到顶部</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{count} not counted</source>
   <translation>
    <numerusform>{count} 笔未计入</numerusform>
   </translation>
  </message>
  <message>
   <source>{count} of at most {most} letters.</source>
   <translation>{count} 个字，最多 {most} 个。</translation>
  </message>
  <message>
   <source>{count} of {most}</source>
   <translation>{count} / {most}</translation>
  </message>
  <message>
   <source>{count} of {most} characters</source>
   <translation>{count} / {most} 个字符</translation>
  </message>
  <message numerus="yes">
   <source>{count} payments are being settled on chain</source>
   <translation>
    <numerusform>{count} 笔付款正在链上结算</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{count} payments are on their way.</source>
   <translation>
    <numerusform>{count} 笔付款在途。</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{count} payments are still on their way with this wallet. It can be removed once they have arrived or come back.</source>
   <translation>
    <numerusform>此钱包还有 {count} 笔付款在途。它们到达或退回后才能移除。</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{count} payments came in</source>
   <translation>
    <numerusform>收到 {count} 笔付款</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{count} payments came in, {total}</source>
   <translation>
    <numerusform>收到 {count} 笔付款，共 {total}</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{count} peers</source>
   <translation>
    <numerusform>{count} 个对等节点</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{count} peers were handed the newest copy, which they cannot read.</source>
   <translation>
    <numerusform>{count} 个对等节点收到了最新副本，它们无法读取内容。</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{count} people</source>
   <translation>
    <numerusform>{count} 人</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{count} people are in your people now.</source>
   <translation>
    <numerusform>现在你的联系人中有 {count} 人。</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{count} people came</source>
   <translation>
    <numerusform>新增 {count} 人</numerusform>
   </translation>
  </message>
  <message>
   <source>{count} people fit: give more of the name.</source>
   <translation>有 {count} 人符合：请把名字写得更完整。</translation>
  </message>
  <message numerus="yes">
   <source>{count} people left</source>
   <translation>
    <numerusform>移除 {count} 人</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{count} pictures</source>
   <translation>
    <numerusform>{count} 张图片</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{count} pictures are not uploaded yet. Nothing was published.</source>
   <translation>
    <numerusform>{count} 张图片还没有上传。没有发布任何内容。</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{count} pictures say nothing to people who cannot see them. A few words help.</source>
   <translation>
    <numerusform>{count} 张图片没有说明，看不见的人无从了解。写几个字就有帮助。</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{count} posts</source>
   <translation>
    <numerusform>{count} 篇帖子</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{count} receipts that nothing vouches for are not counted</source>
   <translation>
    <numerusform>{count} 张无从证实的收据未计入</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{count} relays</source>
   <translation>
    <numerusform>{count} 个中继</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{count} relays did not answer.</source>
   <translation>
    <numerusform>{count} 个中继没有回应。</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{count} replies</source>
   <translation>
    <numerusform>{count} 条回复</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{count} things to mend</source>
   <translation>
    <numerusform>{count} 处需修正</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{count} times</source>
   <translation>
    <numerusform>{count} 次</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{count} tips</source>
   <translation>
    <numerusform>{count} 次打赏</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{count} tips are on their way.</source>
   <translation>
    <numerusform>{count} 笔打赏在途。</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{count} tips came in</source>
   <translation>
    <numerusform>收到 {count} 笔打赏</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{count} tips came in, {total}</source>
   <translation>
    <numerusform>收到 {count} 笔打赏，共 {total}</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{count} tips go out when their time to be taken back is over.</source>
   <translation>
    <numerusform>{count} 笔打赏会在可收回时间结束后发出。</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{count} tips in flight</source>
   <translation>
    <numerusform>{count} 笔打赏在途</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{count} tips since midnight</source>
   <translation>
    <numerusform>零点以来 {count} 笔打赏</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{count} tips today</source>
   <translation>
    <numerusform>今天 {count} 笔打赏</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{count} tips today, {total}</source>
   <translation>
    <numerusform>今天 {count} 笔打赏，共 {total}</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{count} tries</source>
   <translation>
    <numerusform>尝试 {count} 次</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{count} words</source>
   <translation>
    <numerusform>{count} 个词</numerusform>
   </translation>
  </message>
  <message>
   <source>{date}, {time}</source>
   <translation>{date} {time}</translation>
  </message>
  <message>
   <source>{day}, {time}</source>
   <translation>{day} {time}</translation>
  </message>
  <message>
   <source>{domain} could not be asked. {why}</source>
   <translation>无法询问 {domain}。{why}</translation>
  </message>
  <message>
   <source>{domain} has your invoice over {amount} and pays it when it likes. It stands in the wallet until then.</source>
   <translation>{domain} 已收到你 {amount} 的发票，何时支付由它决定。在此之前它会留在钱包里。</translation>
  </message>
  <message>
   <source>{domain} is not a domain</source>
   <translation>{domain} 不是域名</translation>
  </message>
  <message>
   <source>{domain} knows nobody of that name.</source>
   <translation>{domain} 不认识叫这个名字的人。</translation>
  </message>
  <message>
   <source>{domain} knows you by your key now.</source>
   <translation>{domain} 现在凭你的密钥认识你。</translation>
  </message>
  <message>
   <source>{domain} named their npub.</source>
   <translation>{domain} 给出了对方的 npub。</translation>
  </message>
  <message>
   <source>{domain} says that {shown} is this person.</source>
   <translation>{domain} 说 {shown} 就是此人。</translation>
  </message>
  <message>
   <source>{error} The overlay is at port {port} for now: set OBS to it, or close the other program and start TipDesk again.</source>
   <translation>{error} 叠加层目前在端口 {port}：请在 OBS 中改用它，或关闭另一个程序并重新启动 TipDesk。</translation>
  </message>
  <message>
   <source>{fact}: {learns}</source>
   <translation>{fact}：{learns}</translation>
  </message>
  <message>
   <source>{fee} ({rate} sat/vB)</source>
   <translation>{fee}（{rate} sat/vB）</translation>
  </message>
  <message numerus="yes">
   <source>{fee} over {count} channels</source>
   <translation>
    <numerusform>{fee}，经 {count} 条通道</numerusform>
   </translation>
  </message>
  <message>
   <source>{found} came in place of {wanted}</source>
   <translation>收到的是 {found}，而不是 {wanted}</translation>
  </message>
  <message>
   <source>{free} are free on chain. Opening costs about {fee} now, and closing about as much again. The channel can be used after its confirmations, mostly within an hour. About 1 % of it stays as its reserve while it is open.</source>
   <translation>链上可用 {free}。现在打开约需 {fee}，关闭大约也要这么多。确认后即可使用通道，多半在一小时内。打开期间约 1 % 作为储备保留。</translation>
  </message>
  <message>
   <source>{host} answered with something else than the picture that was sent to it. Nothing was published, and your draft is kept. Choose another media server.</source>
   <translation>{host} 返回的不是发给它的图片。没有发布任何内容，草稿已保留。请选择另一个媒体服务器。</translation>
  </message>
  <message>
   <source>{host} answered with the error {status}.</source>
   <translation>{host} 返回错误 {status}。</translation>
  </message>
  <message>
   <source>{host} cannot be reached.</source>
   <translation>无法连接 {host}。</translation>
  </message>
  <message>
   <source>{host} could not prove who it is: its certificate is not valid.</source>
   <translation>{host} 无法证明自己的身份：它的证书无效。</translation>
  </message>
  <message>
   <source>{host} did not answer with a payment request that TipDesk can use ({problem}). No money moved.</source>
   <translation>{host} 没有返回 TipDesk 可用的付款请求（{problem}）。没有动用任何钱。</translation>
  </message>
  <message>
   <source>{host} did not answer within {seconds} seconds.</source>
   <translation>{host} 在 {seconds} 秒内没有回应。</translation>
  </message>
  <message>
   <source>{host} did not take the picture, or its answer was lost. Nothing was published, and your draft is kept. Try again, or choose another media server.</source>
   <translation>{host} 没有收下图片，或它的回应丢失了。没有发布任何内容，草稿已保留。请再试，或选择另一个媒体服务器。</translation>
  </message>
  <message>
   <source>{host} is a name of your own network, and no name is looked up while everything goes through the proxy. Write its IP address instead.</source>
   <translation>{host} 是你自己网络中的名字，而所有数据都走代理时不查询任何名字。请改写它的 IP 地址。</translation>
  </message>
  <message>
   <source>{host} is no name of a host.</source>
   <translation>{host} 不是主机名。</translation>
  </message>
  <message>
   <source>{host} is not in your own network, and http would show your key to everybody on the way there. Use an https address.</source>
   <translation>{host} 不在您自己的网络中，使用 http 会让沿途所有人看到您的密钥。请使用 https 地址。</translation>
  </message>
  <message>
   <source>{host} is not in your own network, and nothing was sent.</source>
   <translation>{host} 不在你自己的网络中，没有发送任何东西。</translation>
  </message>
  <message>
   <source>{host} is reached over Tor only. Start Tor, then set it as the proxy in Settings, Privacy.</source>
   <translation>{host} 只能通过 Tor 访问。请启动 Tor，再在“设置”的“隐私”中把它设为代理。</translation>
  </message>
  <message>
   <source>{host} leads to {address}, which is not on the public internet: not opened.</source>
   <translation>{host} 指向 {address}，它不在公共互联网上：没有打开。</translation>
  </message>
  <message>
   <source>{host} offers nothing that TipDesk can take: {problem}. No money moved.</source>
   <translation>{host} 没有提供 TipDesk 能领取的东西：{problem}。没有动用任何钱。</translation>
  </message>
  <message>
   <source>{host} redirects {reason}: not followed.</source>
   <translation>{host} 的重定向没有跟随：{reason}。</translation>
  </message>
  <message>
   <source>{host} refused the picture: {why} Nothing was published, and your draft is kept. {next}</source>
   <translation>{host} 拒绝了图片：{why} 没有发布任何内容，草稿已保留。{next}</translation>
  </message>
  <message>
   <source>{host} refused.{said} Ask for a new link.</source>
   <translation>{host} 拒绝了。{said}请索要新的链接。</translation>
  </message>
  <message>
   <source>{host} sent an answer that was compressed unasked.</source>
   <translation>{host} 发来了未经要求就压缩的回应。</translation>
  </message>
  <message>
   <source>{host} sent an empty answer.</source>
   <translation>{host} 返回了空的回应。</translation>
  </message>
  <message>
   <source>{host} sent more than {most} bytes and was cut off.</source>
   <translation>{host} 发来的内容超过 {most} 字节，已被切断。</translation>
  </message>
  <message>
   <source>{host}:{port} is in use by another program or not allowed.</source>
   <translation>{host}:{port} 正被另一个程序使用，或不允许使用。</translation>
  </message>
  <message>
   <source>{identifier} is nobody's name.</source>
   <translation>没有人叫 {identifier}。</translation>
  </message>
  <message>
   <source>{kept} and held it for {time}.</source>
   <translation>{kept}，停留 {time}。</translation>
  </message>
  <message>
   <source>{kind} at {place}</source>
   <translation>{kind}，位于 {place}</translation>
  </message>
  <message>
   <source>{kind} with {peer}</source>
   <translation>与 {peer} {kind}</translation>
  </message>
  <message>
   <source>{most} apps are connected. Revoke one that you do not use any more, and then connect this one.</source>
   <translation>已连接 {most} 个应用。请先撤销不再使用的，再连接这个。</translation>
  </message>
  <message>
   <source>{most} people are in your book: there is room for no more.</source>
   <translation>你的通讯录中有 {most} 人：没有更多位置了。</translation>
  </message>
  <message>
   <source>{most} relays are asked to search at most. Take one out first.</source>
   <translation>最多向 {most} 个中继搜索。请先移除一个。</translation>
  </message>
  <message>
   <source>{most} relays are enough; take some away.</source>
   <translation>{most} 个中继就够了；请去掉一些。</translation>
  </message>
  <message>
   <source>{most} things are muted already. Unmute something first.</source>
   <translation>已静音 {most} 项。请先取消一项。</translation>
  </message>
  <message>
   <source>{most} wallets are connected already. Remove one first.</source>
   <translation>已连接 {most} 个钱包。请先移除一个。</translation>
  </message>
  <message>
   <source>{name} as a QR code</source>
   <translation>{name} 的二维码</translation>
  </message>
  <message>
   <source>{name} asks you for {amount}</source>
   <translation>{name} 请你付 {amount}</translation>
  </message>
  <message>
   <source>{name} can be paid now: look at their message to send the {amount} that you wanted to.</source>
   <translation>{name} 现在可以收款了：请看对方的消息，汇出你想汇的 {amount}。</translation>
  </message>
  <message>
   <source>{name} can be paid now: their wallet answered.</source>
   <translation>{name} 现在可以收款：对方的钱包有回应。</translation>
  </message>
  <message>
   <source>{name} cannot be less than nothing.</source>
   <translation>{name} 不能小于零。</translation>
  </message>
  <message>
   <source>{name} cannot be looked up: no name server is set. Set one in Settings, Privacy.</source>
   <translation>无法查询 {name}：没有设置域名服务器。请在“设置”的“隐私”中设置。</translation>
  </message>
  <message>
   <source>{name} cannot be reached. {why}</source>
   <translation>无法访问 {name}。{why}</translation>
  </message>
  <message>
   <source>{name} cannot be read as a picture. Nothing was added. TipDesk takes JPEG, PNG, WebP, GIF and BMP.</source>
   <translation>{name} 无法作为图片读取。没有添加任何东西。TipDesk 接受 JPEG、PNG、WebP、GIF 和 BMP。</translation>
  </message>
  <message>
   <source>{name} gets the proof that it was you.</source>
   <translation>{name} 将收到是你付款的证明。</translation>
  </message>
  <message>
   <source>{name} has no lightning address, so nothing can be sent to them.</source>
   <translation>{name} 没有闪电地址，所以什么都发不了。</translation>
  </message>
  <message>
   <source>{name} has no offer, which is what a private payment needs. Ask them for one.</source>
   <translation>{name} 没有要约，而私密付款需要要约。请向对方要一份。</translation>
  </message>
  <message>
   <source>{name} has no place for private messages, so nothing was sent. They can choose one in an app that knows private messages (NIP-17).</source>
   <translation>{name} 没有接收私密消息的地方，所以没有发送任何内容。对方可以在支持私密消息 (NIP-17) 的应用中选择一个。</translation>
  </message>
  <message>
   <source>{name} has no place for private messages, so your words would not arrive. Send the tip without words, or publicly. No money moved.</source>
   <translation>{name} 没有接收私密消息的地方，所以你的留言送不到。请不留言直接打赏，或公开打赏。没有动用任何钱。</translation>
  </message>
  <message>
   <source>{name} has no way to be paid here yet. Add an offer, a payment name or a lightning address to their entry.</source>
   <translation>{name} 在这里还没有收款方式。请在对方的条目中添加要约、支付名或闪电地址。</translation>
  </message>
  <message>
   <source>{name} has this npub already. Change their entry instead.</source>
   <translation>{name} 已有这个 npub。请改为修改那个条目。</translation>
  </message>
  <message>
   <source>{name} has {count} different payment instructions, and none of them can be trusted. Tell them about it.</source>
   <translation>{name} 有 {count} 条不同的支付信息，哪一条都不可信。请告诉对方。</translation>
  </message>
  <message>
   <source>{name} is asked for {amount}.</source>
   <translation>已请 {name} 付 {amount}。</translation>
  </message>
  <message>
   <source>{name} is muted. Tips and alerts go on as before.</source>
   <translation>已静音 {name}。打赏和提醒照常。</translation>
  </message>
  <message>
   <source>{name} is not JSON</source>
   <translation>{name} 不是 JSON</translation>
  </message>
  <message>
   <source>{name} is not in your people any more. The history keeps its lines.</source>
   <translation>{name} 已不在你的联系人中。历史中的记录会保留。</translation>
  </message>
  <message>
   <source>{name} is removed.</source>
   <translation>已移除 {name}。</translation>
  </message>
  <message>
   <source>{name} is removed. The backup of its channels is in {path}.</source>
   <translation>已移除 {name}。它的通道备份在 {path}。</translation>
  </message>
  <message>
   <source>{name} is shown again.</source>
   <translation>已重新显示 {name}。</translation>
  </message>
  <message>
   <source>{name} is told that you want to send {amount}.</source>
   <translation>已告诉 {name} 你想汇 {amount}。</translation>
  </message>
  <message>
   <source>{name} is too large to be read. Nothing was added. Choose a smaller one.</source>
   <translation>{name} 太大，无法读取。没有添加任何东西。请选择小一些的。</translation>
  </message>
  <message>
   <source>{name} kept {fee}</source>
   <translation>{name} 收取 {fee}</translation>
  </message>
  <message>
   <source>{name} proved that they sent this.</source>
   <translation>{name} 证明了这是自己汇的。</translation>
  </message>
  <message>
   <source>{name} received {amount}.</source>
   <translation>{name} 收到 {amount}。</translation>
  </message>
  <message>
   <source>{name} tipped you</source>
   <translation>{name} 打赏了你</translation>
  </message>
  <message>
   <source>{name} tipped you {amount}</source>
   <translation>{name} 打赏了你 {amount}</translation>
  </message>
  <message>
   <source>{name} tipped {amount}</source>
   <translation>{name} 打赏了 {amount}</translation>
  </message>
  <message>
   <source>{name} wants to send you {amount}</source>
   <translation>{name} 想汇给你 {amount}</translation>
  </message>
  <message>
   <source>{name} wrote to you.</source>
   <translation>{name} 给你写了消息。</translation>
  </message>
  <message>
   <source>{name} · {network}</source>
   <translation>{name} · {network}</translation>
  </message>
  <message>
   <source>{name}, any amount</source>
   <translation>{name}，任意金额</translation>
  </message>
  <message>
   <source>{name}, as hours:minutes</source>
   <translation>{name}，格式 时:分</translation>
  </message>
  <message>
   <source>{name}, as year-month-day</source>
   <translation>{name}，格式 年-月-日</translation>
  </message>
  <message>
   <source>{name}, in {unit}</source>
   <translation>{name}，单位 {unit}</translation>
  </message>
  <message numerus="yes">
   <source>{name}, {count} unread messages</source>
   <translation>
    <numerusform>{name}，{count} 条未读消息</numerusform>
   </translation>
  </message>
  <message>
   <source>{name}, {keys}</source>
   <translation>{name}，{keys}</translation>
  </message>
  <message>
   <source>{needed} are needed on chain, {free} are free</source>
   <translation>需要链上 {needed}，可用的有 {free}</translation>
  </message>
  <message>
   <source>{n} %</source>
   <translation>{n} %</translation>
  </message>
  <message>
   <source>{n} % of it</source>
   <translation>其中的 {n} %</translation>
  </message>
  <message>
   <source>{n} confirmations are needed</source>
   <translation>需要 {n} 次确认</translation>
  </message>
  <message>
   <source>{n} d</source>
   <translation>{n} 天</translation>
  </message>
  <message>
   <source>{n} h</source>
   <translation>{n} 小时</translation>
  </message>
  <message>
   <source>{n} in flight</source>
   <translation>{n} 笔在途</translation>
  </message>
  <message>
   <source>{n} min</source>
   <translation>{n} 分钟</translation>
  </message>
  <message>
   <source>{n} more</source>
   <translation>还有 {n} 笔</translation>
  </message>
  <message>
   <source>{n} ms</source>
   <translation>{n} 毫秒</translation>
  </message>
  <message>
   <source>{n} not paid</source>
   <translation>{n} 笔未支付</translation>
  </message>
  <message>
   <source>{n} of {count}</source>
   <translation>{n} / {count}</translation>
  </message>
  <message>
   <source>{n} on the way</source>
   <translation>{n} 笔进行中</translation>
  </message>
  <message>
   <source>{n} paid</source>
   <translation>{n} 笔已支付</translation>
  </message>
  <message>
   <source>{n} s</source>
   <translation>{n} 秒</translation>
  </message>
  <message>
   <source>{n} taken back</source>
   <translation>{n} 笔已收回</translation>
  </message>
  <message>
   <source>{paid} The receipt is public.</source>
   <translation>{paid} 收据已公开。</translation>
  </message>
  <message>
   <source>{party}. {facts}. {why}</source>
   <translation>{party}。{facts}。{why}</translation>
  </message>
  <message>
   <source>{party}: {facts}.</source>
   <translation>{party}：{facts}。</translation>
  </message>
  <message>
   <source>{part} of {whole}</source>
   <translation>{part} / {whole}</translation>
  </message>
  <message>
   <source>{path} cannot be read: {error}. Mend it or move it away.</source>
   <translation>{path} 无法读取：{error}。请修正它或移走它。</translation>
  </message>
  <message>
   <source>{path} cannot be written: {why}. What was there before is untouched.</source>
   <translation>{path} 无法写入：{why}。原有内容没有改动。</translation>
  </message>
  <message>
   <source>{path} is damaged ({why}). It was left as it is. Restore a copy of it; money on chain comes back with your backup words.</source>
   <translation>{path} 已损坏（{why}）。它保持原样。请恢复它的一份副本；链上的钱可以用备份助记词找回。</translation>
  </message>
  <message>
   <source>{path} was written by a newer TipDesk (version {found}, this one knows {known}). Install the newer version. Nothing was changed.</source>
   <translation>{path} 由更新版本的 TipDesk 写入（版本 {found}，这个版本只认识 {known}）。请安装更新的版本。没有做任何更改。</translation>
  </message>
  <message>
   <source>{peers}. TipDesk learns the map of the network: {known} of {whole} channels. Tips can be sent meanwhile, and may find no way yet.</source>
   <translation>{peers}。TipDesk 正在了解网络地图：{whole} 条通道中的 {known} 条。其间可以打赏，但可能还找不到路径。</translation>
  </message>
  <message>
   <source>{people} · {waiting} not in your public list yet</source>
   <translation>{people} · {waiting} 人还不在你的公开列表中</translation>
  </message>
  <message>
   <source>{people}, the first {most} here: search for the others</source>
   <translation>{people}，这里只列前 {most} 人：其他人请搜索</translation>
  </message>
  <message>
   <source>{place} alone could keep from you that a channel was closed. Name a second server of somebody else in chain_servers, or your own bitcoind; or set one_server_accepted = true if you trust it.</source>
   <translation>只凭 {place}，它可以对你隐瞒通道已关闭。请在 chain_servers 中再填写一个由别人运营的服务器，或你自己的 bitcoind；如果你信任它，请设置 one_server_accepted = true。</translation>
  </message>
  <message>
   <source>{place} shows no certificate</source>
   <translation>{place} 没有出示证书</translation>
  </message>
  <message>
   <source>{port} is not a port</source>
   <translation>{port} 不是端口</translation>
  </message>
  <message>
   <source>{prefix} holds {count} bytes, not 32</source>
   <translation>{prefix} 含有 {count} 字节，而不是 32</translation>
  </message>
  <message>
   <source>{relays}, and {more} where those named read</source>
   <translation>{relays}，以及被提到的人阅读的 {more} 个</translation>
  </message>
  <message>
   <source>{replies}, asking for more …</source>
   <translation>{replies}，正在询问更多 …</translation>
  </message>
  <message>
   <source>{risk} If you accept this, set mainnet_risk_accepted = true in the profile's {file}. No money moved.</source>
   <translation>{risk} 如果接受，请在配置的 {file} 中设置 mainnet_risk_accepted = true。没有动用任何钱。</translation>
  </message>
  <message>
   <source>{said}: show them</source>
   <translation>{said}：显示它们</translation>
  </message>
  <message>
   <source>{sender} tipped you</source>
   <translation>{sender} 打赏了你</translation>
  </message>
  <message>
   <source>{sentence} No money moved.</source>
   <translation>{sentence} 没有动用任何钱。</translation>
  </message>
  <message>
   <source>{sent} left, {amount} arrived, {fee} for the route</source>
   <translation>发出 {sent}，到账 {amount}，路由费 {fee}</translation>
  </message>
  <message numerus="yes">
   <source>{shown} of {count} people</source>
   <translation>
    <numerusform>{count} 人中的 {shown} 人</numerusform>
   </translation>
  </message>
  <message>
   <source>{state}, locked</source>
   <translation>{state}，已锁定</translation>
  </message>
  <message>
   <source>{step}, done</source>
   <translation>{step}，已完成</translation>
  </message>
  <message>
   <source>{sum} · {n} %</source>
   <translation>{sum} · {n} %</translation>
  </message>
  <message>
   <source>{taken} of {total} relays have it: others can read it.</source>
   <translation>{total} 个中继中有 {taken} 个收到：别人可以读到。</translation>
  </message>
  <message>
   <source>{text} ({when})</source>
   <translation>{text}（{when}）</translation>
  </message>
  <message>
   <source>{text} is no amount in {code}.</source>
   <translation>{text} 不是 {code} 的金额。</translation>
  </message>
  <message>
   <source>{text} is no chain server: write {forms}.</source>
   <translation>{text} 不是链服务器：请写 {forms}。</translation>
  </message>
  <message>
   <source>{text} is no internet identifier</source>
   <translation>{text} 不是互联网标识符</translation>
  </message>
  <message>
   <source>{text} is no name server. Write https:// and its address, or tcp:// and an IP address. Nothing was changed.</source>
   <translation>{text} 不是域名服务器。请写 https:// 加地址，或 tcp:// 加 IP 地址。没有做任何更改。</translation>
  </message>
  <message>
   <source>{text} is no price of a bitcoin</source>
   <translation>{text} 不是比特币的价格</translation>
  </message>
  <message>
   <source>{text} is no relay: one is written like wss://host.</source>
   <translation>{text} 不是中继：格式如 wss://host。</translation>
  </message>
  <message>
   <source>{text} is not the address of a media server. It begins with https:// and a name follows, such as https://media.example. Nothing was changed.</source>
   <translation>{text} 不是媒体服务器的地址。地址以 https:// 开头，后面是名字，例如 https://media.example。没有做任何更改。</translation>
  </message>
  <message>
   <source>{text} is not the address of a public relay. It begins with wss:// and was not added.</source>
   <translation>{text} 不是公共中继的地址。地址以 wss:// 开头；没有添加。</translation>
  </message>
  <message>
   <source>{text} is not the address of a relay (wss://...).</source>
   <translation>{text} 不是中继的地址 (wss://...)。</translation>
  </message>
  <message>
   <source>{text} names nobody: an npub, an nprofile or a key is needed.</source>
   <translation>{text} 没有指向任何人：需要 npub、nprofile 或密钥。</translation>
  </message>
  <message>
   <source>{text}, {count} new</source>
   <translation>{text}，{count} 条新的</translation>
  </message>
  <message>
   <source>{time} ago</source>
   <translation>{time}前</translation>
  </message>
  <message>
   <source>{time} on {day}</source>
   <translation>{day} {time}</translation>
  </message>
  <message>
   <source>{total} left on chain. A block has to take the payment.</source>
   <translation>{total} 已从链上发出，等待区块收录。</translation>
  </message>
  <message>
   <source>{txid} has nothing to do with the script</source>
   <translation>{txid} 与该脚本无关</translation>
  </message>
  <message>
   <source>{txid} is not in block {height}</source>
   <translation>{txid} 不在区块 {height} 中</translation>
  </message>
  <message>
   <source>{used} of {limit} used</source>
   <translation>已用 {used} / {limit}</translation>
  </message>
  <message>
   <source>{used} of {limit} used this month</source>
   <translation>本月已用 {used} / {limit}</translation>
  </message>
  <message>
   <source>{used} of {limit} used this week</source>
   <translation>本周已用 {used} / {limit}</translation>
  </message>
  <message>
   <source>{used} of {limit} used today</source>
   <translation>今天已用 {used} / {limit}</translation>
  </message>
  <message>
   <source>{used} sat used this month, no limit</source>
   <translation>本月已用 {used} sat，无上限</translation>
  </message>
  <message>
   <source>{used} sat used this week, no limit</source>
   <translation>本周已用 {used} sat，无上限</translation>
  </message>
  <message>
   <source>{used} sat used today, no limit</source>
   <translation>今天已用 {used} sat，无上限</translation>
  </message>
  <message>
   <source>{used} sat used, no limit</source>
   <translation>已用 {used} sat，无上限</translation>
  </message>
  <message>
   <source>{used} used today</source>
   <translation>今天已用 {used}</translation>
  </message>
  <message>
   <source>{verb} {amount}</source>
   <translation>{verb} {amount}</translation>
  </message>
  <message>
   <source>{wanted} came as bytes that are no transaction</source>
   <translation>收到的 {wanted} 不是交易</translation>
  </message>
  <message>
   <source>{way} (likely {fee})</source>
   <translation>{way}（约 {fee}）</translation>
  </message>
  <message>
   <source>{what} TipDesk signs with a key that it uses for this domain alone. The page learns that key and your internet address, nothing else.</source>
   <translation>{what} TipDesk 用只用于这个域名的密钥签名。该页面只会知道这把密钥和你的网络地址，别的都不知道。</translation>
  </message>
  <message>
   <source>{what} is from {least} to {most}.</source>
   <translation>{what}要在 {least} 到 {most} 之间。</translation>
  </message>
  <message>
   <source>{where}: there is no setting called {name}.</source>
   <translation>{where}：没有名为 {name} 的设置。</translation>
  </message>
  <message>
   <source>{where}: {name} is a list of texts.</source>
   <translation>{where}：{name} 应是文字列表。</translation>
  </message>
  <message>
   <source>{where}: {name} is written like {default}.</source>
   <translation>{where}：{name} 的写法如 {default}。</translation>
  </message>
  <message>
   <source>{where}: {value} is no network.</source>
   <translation>{where}：{value} 不是网络。</translation>
  </message>
  <message>
   <source>{who} sent you this</source>
   <translation>{who} 发来这个</translation>
  </message>
  <message>
   <source>{who} sent you this: {text}</source>
   <translation>{who} 发来：{text}</translation>
  </message>
  <message>
   <source>{who} takes no private messages: words for them alone would not arrive.</source>
   <translation>{who} 不接收私密消息：只给对方的留言送不到。</translation>
  </message>
  <message>
   <source>{who} tipped you {amount}.</source>
   <translation>{who} 打赏了你 {amount}。</translation>
  </message>
  <message>
   <source>{why} No money moved.</source>
   <translation>{why}没有动用任何钱。</translation>
  </message>
  <message>
   <source>{why} No money moved. {next_step}</source>
   <translation>{why} 没有动用任何钱。{next_step}</translation>
  </message>
  <message>
   <source>{why} Nothing was paid.</source>
   <translation>{why} 没有付款。</translation>
  </message>
  <message>
   <source>{why} Type the amount again to send it. No money moved.</source>
   <translation>{why} 请再次输入金额以发送。没有动用任何钱。</translation>
  </message>
  <message>
   <source>{why}.</source>
   <translation>{why}。</translation>
  </message>
  <message>
   <source>{why}. No money moved.</source>
   <translation>{why}。没有动用任何钱。</translation>
  </message>
  <message numerus="yes">
   <source>{written} of {count} lines written</source>
   <translation>
    <numerusform>已写入 {written}/{count} 行</numerusform>
   </translation>
  </message>
  <message>
   <source>“{word}”</source>
   <translation>“{word}”</translation>
  </message>
 </context>
</TS>
