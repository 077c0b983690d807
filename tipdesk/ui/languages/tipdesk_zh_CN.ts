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
   <source>A channel needs you</source>
   <translation>一条通道需要你处理</translation>
  </message>
  <message>
   <source>A channel, being opened</source>
   <translation>一条通道（正在打开）</translation>
  </message>
  <message>
   <source>A copy is in {folder} now, and is kept up to date.</source>
   <translation>{folder} 中现在有一份副本，并会一直更新。</translation>
  </message>
  <message>
   <source>A few sats reach a creator in a fraction of a second, at a fee you see beforehand. How do you want to begin?</source>
   <translation>几聪不到一秒就能到达创作者手中，手续费事先看得见。你想怎样开始？</translation>
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
   <source>A key is made that nothing is published with. You can tip, and read whatever you open.</source>
   <translation>会生成一把密钥，但不会用它发布任何内容。你可以打赏，也可以阅读你打开的一切。</translation>
  </message>
  <message>
   <source>A lightning address</source>
   <translation>一个闪电地址</translation>
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
   <source>A node or wallet of yours that pays for your tips. See what will be possible.</source>
   <translation>由你自己的节点或钱包来支付打赏。看看将来能做什么。</translation>
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
   <source>A sentence for lists, if you like</source>
   <translation>列表中显示的一句话（可选）</translation>
  </message>
  <message>
   <source>A small network on this computer: real nodes, real rules, coins without value. The first tip takes a minute, and nothing leaves the machine.</source>
   <translation>这台电脑上的一个小网络：真实的节点、真实的规则、没有价值的币。一分钟就能完成第一次打赏，而且什么都不会离开这台机器。</translation>
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
   <source>A tip was not paid</source>
   <translation>一笔打赏没有付出</translation>
  </message>
  <message>
   <source>A word, or #hashtag</source>
   <translation>一个词，或 #话题标签</translation>
  </message>
  <message>
   <source>About</source>
   <translation>关于</translation>
  </message>
  <message>
   <source>About {amount}. It is a few hundred small tips, and enough that the costs of a channel do not eat it up. More is not safer: it is young software.</source>
   <translation>大约 {amount}。够几百次小额打赏，也足以不被通道的费用吃光。放得更多并不会更安全：这是一款还很年轻的软件。</translation>
  </message>
  <message>
   <source>Add</source>
   <translation>添加</translation>
  </message>
  <message>
   <source>Address of a picture</source>
   <translation>图片地址</translation>
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
   <source>All commands</source>
   <translation>所有命令</translation>
  </message>
  <message>
   <source>All in the history</source>
   <translation>在历史中查看全部</translation>
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
   <source>Amount of the channel</source>
   <translation>通道金额</translation>
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
   <source>An address on chain</source>
   <translation>一个链上地址</translation>
  </message>
  <message>
   <source>An empty line</source>
   <translation>空行</translation>
  </message>
  <message>
   <source>An invoice</source>
   <translation>一张发票</translation>
  </message>
  <message>
   <source>An invoice, a lightning address, an npub, an address on chain, an LNURL or a node's key. Nothing is sent before you press the button.</source>
   <translation>发票、闪电地址、npub、链上地址、LNURL 或节点公钥。按下按钮之前不会发送任何东西。</translation>
  </message>
  <message>
   <source>Announce it, so that others may route through it</source>
   <translation>公布它，让别人可以经由它转发</translation>
  </message>
  <message>
   <source>Another</source>
   <translation>另一个</translation>
  </message>
  <message>
   <source>Answer</source>
   <translation>回复</translation>
  </message>
  <message>
   <source>Any amount</source>
   <translation>任意金额</translation>
  </message>
  <message>
   <source>Any wallet</source>
   <translation>任何钱包</translation>
  </message>
  <message>
   <source>Appearance</source>
   <translation>外观</translation>
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
   <source>Ask again</source>
   <translation>再问一次</translation>
  </message>
  <message>
   <source>Ask for pictures of</source>
   <translation>加载谁的图片</translation>
  </message>
  <message>
   <source>Ask the wallet anew</source>
   <translation>重新查询钱包</translation>
  </message>
  <message>
   <source>Ask {domain}</source>
   <translation>询问 {domain}</translation>
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
   <source>Asking for the latest version …</source>
   <translation>正在查询最新版本 …</translation>
  </message>
  <message>
   <source>Asking relays …</source>
   <translation>正在询问中继 …</translation>
  </message>
  <message>
   <source>Asking …</source>
   <translation>正在询问 …</translation>
  </message>
  <message>
   <source>At least {count} characters. It locks the window; it is not the passphrase of your wallet file, and your words take the lock away if you forget it.</source>
   <translation>至少 {count} 个字符。它锁定窗口，不是钱包文件的密码短语；如果忘了，可以用助记词解除锁定。</translation>
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
   <source>Bring over whom you follow in your other Nostr apps</source>
   <translation>带来你在其他 Nostr 应用中关注的人</translation>
  </message>
  <message>
   <source>Bring the key back</source>
   <translation>找回密钥</translation>
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
   <source>Can be spent: {amount}</source>
   <translation>可花：{amount}</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>取消</translation>
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
   <source>Change the passphrase</source>
   <translation>更改密码短语</translation>
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
   <source>Channel backup</source>
   <translation>通道备份</translation>
  </message>
  <message>
   <source>Channels</source>
   <translation>通道</translation>
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
   <source>Choose the channel backup</source>
   <translation>选择通道备份</translation>
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
   <source>Code on the screen</source>
   <translation>屏幕上的码</translation>
  </message>
  <message>
   <source>Commands</source>
   <translation>命令</translation>
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
   <source>Copied</source>
   <translation>已复制</translation>
  </message>
  <message>
   <source>Copy</source>
   <translation>复制</translation>
  </message>
  <message>
   <source>Copy it</source>
   <translation>复制</translation>
  </message>
  <message>
   <source>Copy our address</source>
   <translation>复制我们的地址</translation>
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
   <source>Copy: {name}</source>
   <translation>复制：{name}</translation>
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
   <source>Dark</source>
   <translation>深色</translation>
  </message>
  <message>
   <source>Dark theme</source>
   <translation>深色主题</translation>
  </message>
  <message>
   <source>Delete</source>
   <translation>删除</translation>
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
   <source>Delete your post</source>
   <translation>删除你的帖子</translation>
  </message>
  <message>
   <source>Delete your post?</source>
   <translation>要删除你的帖子吗？</translation>
  </message>
  <message>
   <source>Desktop</source>
   <translation>桌面</translation>
  </message>
  <message>
   <source>Do not ask {relay} any more</source>
   <translation>不再询问 {relay}</translation>
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
   <source>Drafts</source>
   <translation>草稿</translation>
  </message>
  <message>
   <source>Draw a frame around the code. Enter takes the whole screen, Escape leaves.</source>
   <translation>在码的周围画一个框。回车取整个屏幕，Esc 退出。</translation>
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
   <source>Everybody</source>
   <translation>所有人</translation>
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
   <source>Export</source>
   <translation>导出</translation>
  </message>
  <message>
   <source>Export the history</source>
   <translation>导出历史</translation>
  </message>
  <message>
   <source>Failed channels</source>
   <translation>失败的通道</translation>
  </message>
  <message>
   <source>Fast</source>
   <translation>快</translation>
  </message>
  <message>
   <source>Feed</source>
   <translation>动态</translation>
  </message>
  <message>
   <source>First and last</source>
   <translation>第一条和最后一条</translation>
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
   <source>For another program of yours. Whoever has it is you, for good.</source>
   <translation>供你的其他程序使用。谁有了它，谁就永远是你。</translation>
  </message>
  <message>
   <source>For the post: {words}</source>
   <translation>给这篇帖子：{words}</translation>
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
   <source>From somebody who has some, or bought. Whoever sells them usually asks who you are, and takes 1 to 4 in a hundred. Send them on chain to your address here.</source>
   <translation>来自已经有聪的人，或者购买。卖家通常会问你是谁，并收取百分之一到四。请从链上发到你这里的地址。</translation>
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
   <source>Go on</source>
   <translation>继续</translation>
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
   <source>Hide them while another program is in front</source>
   <translation>其他程序在前面时隐藏</translation>
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
   <source>History</source>
   <translation>历史</translation>
  </message>
  <message>
   <source>How much to begin with</source>
   <translation>从多少开始</translation>
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
   <source>If you close TipDesk, open it again before {day}, {time}: only a running node can answer a peer that cheats.</source>
   <translation>如果关闭 TipDesk，请在 {day} {time} 之前再次打开：只有运行中的节点才能应对作弊的对方。</translation>
  </message>
  <message>
   <source>If you quit, open TipDesk again before {day}</source>
   <translation>如果退出，请在 {day} 之前再次打开 TipDesk</translation>
  </message>
  <message>
   <source>In flight</source>
   <translation>在途</translation>
  </message>
  <message>
   <source>In the profile</source>
   <translation>在配置文件夹中</translation>
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
   <source>It gave no reason.</source>
   <translation>没有说明原因。</translation>
  </message>
  <message>
   <source>It goes from your feed, and your relays are asked to delete it. They may keep it, and whoever has read it may have a copy: what was public cannot be called back. Tips that it got stay yours.</source>
   <translation>它会从你的动态中消失，并请你的中继删除。中继可能保留它，读过的人可能有副本：公开过的内容无法收回。它得到的打赏仍归你。</translation>
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
   <source>It makes you a new account.</source>
   <translation>它为你建一个新账户。</translation>
  </message>
  <message>
   <source>It opens with your login, and asks when it is locked.</source>
   <translation>它随系统登录打开，锁定时会询问。</translation>
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
   <source>Its amount and its words are the payee's.</source>
   <translation>金额和文字由收款方决定。</translation>
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
   <source>Just looking around</source>
   <translation>只是看看</translation>
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
   <source>Kept for fees</source>
   <translation>为手续费保留</translation>
  </message>
  <message>
   <source>Kept in the private part of your mute list, which your other Nostr apps read. Tips that come in and alerts on your stream are not touched by it.</source>
   <translation>保存在静音列表的私密部分，你的其他 Nostr 应用也会读取。收到的打赏和直播提醒不受影响。</translation>
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
   <source>LND, Core Lightning</source>
   <translation>LND、Core Lightning</translation>
  </message>
  <message>
   <source>Language</source>
   <translation>语言</translation>
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
   <source>Leave it empty to go on with a new one.</source>
   <translation>留空则换一把新密钥继续。</translation>
  </message>
  <message>
   <source>Leaves your wallet</source>
   <translation>从钱包支出</translation>
  </message>
  <message>
   <source>Less than {least} is mostly fees: a larger channel serves you longer.</source>
   <translation>少于 {least} 大多花在手续费上：更大的通道用得更久。</translation>
  </message>
  <message>
   <source>Light</source>
   <translation>浅色</translation>
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
   <source>Lightning, on chain</source>
   <translation>闪电、链上</translation>
  </message>
  <message>
   <source>Limits and safety</source>
   <translation>限额与安全</translation>
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
   <source>Link to {name}</source>
   <translation>链接到 {name}</translation>
  </message>
  <message>
   <source>Lists</source>
   <translation>列表</translation>
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
   <source>Look at your paper, and choose with the pointer or the keys 1 to 6.</source>
   <translation>请看你的纸，用鼠标或按键 1 到 6 选择。</translation>
  </message>
  <message>
   <source>Look for it</source>
   <translation>查找</translation>
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
   <source>Mainnet is real money, and TipDesk is young software. A fault in it, a lost profile or forgotten words, or a computer that is off for days while the other side of a channel cheats, can cost all that is in it, and nobody can bring it back. Put in only what you can afford to lose. As it comes, TipDesk takes no more than {cap} in all.</source>
   <translation>主网上是真钱，而 TipDesk 还很年轻。软件缺陷、丢失的配置或忘记的助记词、或者电脑关机多日而通道对方作弊，都可能让里面的钱全部损失，没有人能找回。只放你输得起的钱。默认情况下 TipDesk 总共最多接受 {cap}。</translation>
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
   <source>Make my wallet</source>
   <translation>创建我的钱包</translation>
  </message>
  <message>
   <source>Making your wallet</source>
   <translation>正在创建你的钱包</translation>
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
   <source>Money</source>
   <translation>钱</translation>
  </message>
  <message>
   <source>More about this post</source>
   <translation>关于这篇帖子的更多操作</translation>
  </message>
  <message>
   <source>More replies</source>
   <translation>更多回复</translation>
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
   <source>Name</source>
   <translation>名字</translation>
  </message>
  <message>
   <source>Name at least one chain server.</source>
   <translation>请至少填写一个链服务器。</translation>
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
   <translation>新建</translation>
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
   <source>No channel that you have is missing.</source>
   <translation>你的通道一条不缺。</translation>
  </message>
  <message>
   <source>No channels yet</source>
   <translation>还没有通道</translation>
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
   <source>No money moved, and nothing was changed.</source>
   <translation>没有动用任何钱，也没有做任何更改。</translation>
  </message>
  <message>
   <source>No payments yet</source>
   <translation>还没有付款</translation>
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
   <source>No relay answered, so replies are not known.</source>
   <translation>没有中继回应，因此不知道有没有回复。</translation>
  </message>
  <message>
   <source>No relay answers</source>
   <translation>没有中继回应</translation>
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
   <source>No replies on the relays that answered</source>
   <translation>回应的中继上没有回复</translation>
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
   <source>No tips today</source>
   <translation>今天没有打赏</translation>
  </message>
  <message>
   <source>No tips yet</source>
   <translation>还没有打赏</translation>
  </message>
  <message>
   <source>Nobody</source>
   <translation>没有人</translation>
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
   <source>Nobody yet. Add somebody by their npub or name, or bring over whom you follow in another app.</source>
   <translation>还没有人。用 npub 或名字添加，或带来你在其他应用中关注的人。</translation>
  </message>
  <message>
   <source>Node {key}</source>
   <translation>节点 {key}</translation>
  </message>
  <message>
   <source>None</source>
   <translation>无</translation>
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
   <source>Not reached since {time}. TipDesk goes on calling; nothing is lost.</source>
   <translation>自 {time} 起联系不上。TipDesk 会继续呼叫；什么都没有丢失。</translation>
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
   <source>Note</source>
   <translation>短文</translation>
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
   <source>Nothing is muted</source>
   <translation>没有静音任何内容</translation>
  </message>
  <message>
   <source>Notifications</source>
   <translation>通知</translation>
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
   <source>On no relay yet</source>
   <translation>还没有在任何中继上</translation>
  </message>
  <message>
   <source>On the terminal that TipDesk was started from; the last lines are in the report.</source>
   <translation>在启动 TipDesk 的终端里；最后几行在报告中。</translation>
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
   <source>Only a post of your own can be changed or deleted. Nothing was changed.</source>
   <translation>只能修改或删除你自己的帖子。没有做任何更改。</translation>
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
   <source>Open again:</source>
   <translation>再次打开：</translation>
  </message>
  <message>
   <source>Open another profile</source>
   <translation>打开另一个配置</translation>
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
   <source>Open what is written here</source>
   <translation>打开这里写的内容</translation>
  </message>
  <message>
   <source>Open {address} in the browser</source>
   <translation>在浏览器中打开 {address}</translation>
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
   <source>Panels</source>
   <translation>面板</translation>
  </message>
  <message>
   <source>Passphrase</source>
   <translation>密码短语</translation>
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
   <source>Paste</source>
   <translation>粘贴</translation>
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
   <source>Peer away</source>
   <translation>对方离线</translation>
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
   <source>Picture of a code</source>
   <translation>码的图片</translation>
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
   <source>Pictures of a post</source>
   <translation>帖子的图片</translation>
  </message>
  <message>
   <source>Place</source>
   <translation>位置</translation>
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
   <source>Post by {name}, {when}</source>
   <translation>{name} 的帖子，{when}</translation>
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
   <source>Practice coins</source>
   <translation>练习币</translation>
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
   <source>Private key</source>
   <translation>私钥</translation>
  </message>
  <message>
   <source>Private key (nsec)</source>
   <translation>私钥 (nsec)</translation>
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
   <source>Published with your new profile. Leave it empty and nothing is published.</source>
   <translation>会随你的新资料一起发布。留空则什么都不发布。</translation>
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
   <source>Read on</source>
   <translation>继续阅读</translation>
  </message>
  <message>
   <source>Really delete it</source>
   <translation>确认删除</translation>
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
   <source>Reduced</source>
   <translation>减少</translation>
  </message>
  <message>
   <source>Reduced: lists jump and nothing flies.</source>
   <translation>减少：列表直接跳转，没有飞行动画。</translation>
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
   <source>Report for whoever helps you</source>
   <translation>给帮助你的人的报告</translation>
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
   <source>Say thanks</source>
   <translation>道谢</translation>
  </message>
  <message>
   <source>Search</source>
   <translation>搜索</translation>
  </message>
  <message>
   <source>Search for a command or somebody, or paste a link</source>
   <translation>搜索命令或某人，或粘贴链接</translation>
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
   <source>Search: words, #hashtag, npub, name@domain</source>
   <translation>搜索：词语、#话题、npub、名字@域名</translation>
  </message>
  <message>
   <source>Second copy</source>
   <translation>第二份副本</translation>
  </message>
  <message>
   <source>Send</source>
   <translation>付款</translation>
  </message>
  <message>
   <source>Send money</source>
   <translation>付款</translation>
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
   <source>Set a passphrase</source>
   <translation>设置密码短语</translation>
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
   <source>Settings: {section}</source>
   <translation>设置：{section}</translation>
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
   <source>Show my address</source>
   <translation>显示我的地址</translation>
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
   <source>Show {name} again</source>
   <translation>重新显示 {name}</translation>
  </message>
  <message>
   <source>Show: asks {host}</source>
   <translation>显示：会请求 {host}</translation>
  </message>
  <message>
   <source>Signing …</source>
   <translation>正在签名 …</translation>
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
   <source>Somebody to follow</source>
   <translation>关注一个人</translation>
  </message>
  <message>
   <source>Something went wrong in TipDesk itself ({kind}).</source>
   <translation>TipDesk 自身出了问题（{kind}）。</translation>
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
   <source>Such a post has {maximum} characters at most, and this one has {count}. Nothing was published.</source>
   <translation>这类帖子最多 {maximum} 个字符，这篇有 {count} 个。没有发布任何内容。</translation>
  </message>
  <message>
   <source>Summary</source>
   <translation>摘要</translation>
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
   <source>Take the lock away</source>
   <translation>解除锁</translation>
  </message>
  <message>
   <source>Take {amount}</source>
   <translation>领取 {amount}</translation>
  </message>
  <message>
   <source>Takes no tips yet</source>
   <translation>还不接受打赏</translation>
  </message>
  <message>
   <source>Tell me on the desktop</source>
   <translation>在桌面上通知我</translation>
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
   <source>Text of your post</source>
   <translation>帖子正文</translation>
  </message>
  <message>
   <source>That address cannot be used: {problem}. No money moved.</source>
   <translation>这个地址不能用：{problem}。没有动用任何钱。</translation>
  </message>
  <message>
   <source>That did not work.</source>
   <translation>没有成功。</translation>
  </message>
  <message>
   <source>That is another amount. Type the one above.</source>
   <translation>金额不一致。请输入上面的金额。</translation>
  </message>
  <message>
   <source>That is more than you have on chain. Write less, or receive on chain first.</source>
   <translation>超过了你链上的余额。请写少一些，或先在链上收款。</translation>
  </message>
  <message>
   <source>That is no Nostr private key: one begins with nsec1. Nothing was kept of it.</source>
   <translation>这不是 Nostr 私钥：私钥以 nsec1 开头。没有保留其中任何内容。</translation>
  </message>
  <message>
   <source>That is not the passphrase of this lock. Try again.</source>
   <translation>这不是这把锁的密码短语。请再试。</translation>
  </message>
  <message>
   <source>That looks like a secret key. It was not searched for, and sent nowhere.</source>
   <translation>这看起来是一把私钥。没有搜索它，也没有发送到任何地方。</translation>
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
   <source>The amount again</source>
   <translation>再次输入金额</translation>
  </message>
  <message>
   <source>The backup opens with this profile's words. It would ask {peers} to close {channels}, and their money would come back on chain.</source>
   <translation>备份可以用这个配置的助记词打开。它会请 {peers} 关闭 {channels}，其中的钱会回到链上。</translation>
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
   <source>The channel backup does not belong to these words, or it is damaged ({why}). Nothing was made: choose another file, or go on without one.</source>
   <translation>通道备份不属于这些助记词，或已损坏（{why}）。没有创建任何东西：请选择另一个文件，或不带备份继续。</translation>
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
   <source>The feed shows: {what}</source>
   <translation>动态显示：{what}</translation>
  </message>
  <message>
   <source>The file channels.backup</source>
   <translation>文件 channels.backup</translation>
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
   <source>The keyring of this system did not let TipDesk in. Allow it when you are asked, and open TipDesk again. Nothing was changed.</source>
   <translation>系统密钥环不允许 TipDesk 访问。请在询问时允许，然后再次打开 TipDesk。没有做任何更改。</translation>
  </message>
  <message>
   <source>The keyring of this system is locked. Unlock it when it asks, and open TipDesk again. Nothing was changed.</source>
   <translation>系统密钥环已锁定。请在询问时解锁，然后再次打开 TipDesk。没有做任何更改。</translation>
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
   <source>The other node, as node_id@host:port</source>
   <translation>对方节点，格式 node_id@host:port</translation>
  </message>
  <message>
   <source>The other side of your channels is away. TipDesk goes on calling it.</source>
   <translation>你通道的对方不在线。TipDesk 会继续呼叫。</translation>
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
   <source>The payment of {total} is signed, and the chain server could not be asked whether it took it. TipDesk tries again with every block while it runs. Do not send it a second time.</source>
   <translation>{total} 的付款已签名，但无法向链服务器确认是否已接受。TipDesk 运行时会在每个区块重试。请不要再发一次。</translation>
  </message>
  <message numerus="yes">
   <source>The peers of {count} channels have to call you, as their address is not known.</source>
   <translation>
    <numerusform>{count} 条通道的对方需要主动联系你，因为不知道它们的地址。</numerusform>
   </translation>
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
   <source>The same again</source>
   <translation>再输入一次</translation>
  </message>
  <message>
   <source>The server that holds a picture learns your network address and when you look. A picture that is not asked for is shown as a frame: press it, or S, to see it.</source>
   <translation>存放图片的服务器会知道你的网络地址和查看时间。未加载的图片显示为一个框：点它或按 S 查看。</translation>
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
   <source>The two are not the same. Type the new passphrase twice.</source>
   <translation>两次输入不一致。请输入两次新的密码短语。</translation>
  </message>
  <message>
   <source>The two are not the same: write it again.</source>
   <translation>两次输入不一致：请重新输入。</translation>
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
   <source>Theirs {amount}</source>
   <translation>对方 {amount}</translation>
  </message>
  <message>
   <source>Theme</source>
   <translation>主题</translation>
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
   <source>There is nothing to publish yet. Write something first.</source>
   <translation>还没有可发布的内容。请先写点什么。</translation>
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
   <source>This address is for {found}, and this profile is on {wanted}. Ask for an address of the same network. No money moved.</source>
   <translation>这个地址属于 {found}，而这个配置在 {wanted} 上。请索要同一网络的地址。没有动用任何钱。</translation>
  </message>
  <message>
   <source>This answers a post that none of the relays asked has.</source>
   <translation>它回复的帖子，询问过的中继都没有。</translation>
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
   <source>This is a BOLT 12 offer. TipDesk cannot pay those yet: ask for an invoice or a lightning address instead. No money moved.</source>
   <translation>这是 BOLT 12 报价。TipDesk 还不能支付：请改要发票或闪电地址。没有动用任何钱。</translation>
  </message>
  <message>
   <source>This is no picture that TipDesk can look at. Use a PNG, JPEG, WebP, GIF or BMP of less than 20 MB.</source>
   <translation>TipDesk 无法查看这张图片。请使用小于 20 MB 的 PNG、JPEG、WebP、GIF 或 BMP。</translation>
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
   <source>This link cannot be used: {problem}. Ask for a new one. No money moved.</source>
   <translation>这个链接不能用：{problem}。请索要新的。没有动用任何钱。</translation>
  </message>
  <message>
   <source>This list is not on your relays any more.</source>
   <translation>这个列表已不在你的中继上。</translation>
  </message>
  <message>
   <source>This page pays out. Ask it how much: it learns your internet address.</source>
   <translation>这个页面会付款给你。询问它付多少：它会知道你的网络地址。</translation>
  </message>
  <message>
   <source>This post is not here. Your relays, and those the link names, can be asked for it; another app may show it too.</source>
   <translation>这篇帖子不在这里。可以向你的中继和链接所列的中继索取；其他应用也许也能显示。</translation>
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
   <source>This version cannot connect one yet. You can start a wallet here and move to yours later, or try everything with practice coins.</source>
   <translation>这个版本还不能连接。你可以先在这里新建钱包，以后再换成自己的，或用练习币试用一切。</translation>
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
   <source>Tip an amount of your own</source>
   <translation>自定金额打赏</translation>
  </message>
  <message>
   <source>Tip people for what they make</source>
   <translation>为人们的创作打赏</translation>
  </message>
  <message>
   <source>Tip the usual amount</source>
   <translation>打赏常用金额</translation>
  </message>
  <message>
   <source>Tip {name} {amount}</source>
   <translation>打赏 {name} {amount}</translation>
  </message>
  <message>
   <source>TipDesk is locked</source>
   <translation>TipDesk 已锁定</translation>
  </message>
  <message>
   <source>TipDesk keeps running</source>
   <translation>TipDesk 继续运行</translation>
  </message>
  <message>
   <source>TipDesk stays in the tray: it receives tips and looks after your channels.</source>
   <translation>TipDesk 留在托盘中：接收打赏并看管你的通道。</translation>
  </message>
  <message numerus="yes">
   <source>TipDesk waits {count} seconds more at the most. After that a tip that has not left is taken back, and what is on its way is followed up when you open TipDesk again.</source>
   <translation>
    <numerusform>TipDesk 最多再等 {count} 秒。之后尚未发出的打赏会被收回，已在途的会在你再次打开 TipDesk 时继续跟进。</numerusform>
   </translation>
  </message>
  <message>
   <source>TipDesk will pay through it, and keep no money of its own. This is what comes:</source>
   <translation>TipDesk 会通过它付款，自己不存任何钱。将来会有：</translation>
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
   <source>Tips</source>
   <translation>打赏</translation>
  </message>
  <message>
   <source>Tips and payments that come in, a tip that failed, and a channel that needs you, while the window is not in front. When TipDesk is locked or hides amounts, without amounts and names.</source>
   <translation>窗口不在前面时，通知到账的打赏和付款、失败的打赏以及需要你处理的通道。TipDesk 锁定或隐藏金额时，不显示金额和名字。</translation>
  </message>
  <message>
   <source>Tips not counted here</source>
   <translation>这里不统计打赏</translation>
  </message>
  <message>
   <source>Tips travel through channels: an amount set aside between you and another node. Opening and closing one is a transaction on the chain each, with its fee; the panel that opens it shows both beforehand. One hundredth of it stays in reserve until it is closed. The tips themselves cost next to nothing.</source>
   <translation>打赏通过通道传送：你和另一个节点之间预留的一笔金额。打开和关闭通道各是一笔链上交易，有手续费；打开通道的面板会事先显示两者。其中百分之一作为储备保留到关闭为止。打赏本身几乎不花钱。</translation>
  </message>
  <message>
   <source>Title</source>
   <translation>标题</translation>
  </message>
  <message numerus="yes">
   <source>To {count} relays</source>
   <translation>
    <numerusform>发往 {count} 个中继</numerusform>
   </translation>
  </message>
  <message>
   <source>To {name}: {text} ({when})</source>
   <translation>致 {name}：{text}（{when}）</translation>
  </message>
  <message>
   <source>Tomorrow</source>
   <translation>明天</translation>
  </message>
  <message>
   <source>Try again</source>
   <translation>重试</translation>
  </message>
  <message numerus="yes">
   <source>Try again in {count} seconds</source>
   <translation>
    <numerusform>{count} 秒后重试</numerusform>
   </translation>
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
   <source>Unlock</source>
   <translation>解锁</translation>
  </message>
  <message>
   <source>Unnamed node</source>
   <translation>未命名节点</translation>
  </message>
  <message>
   <source>Up to {room} can come in over your channels now.</source>
   <translation>现在通过你的通道最多能收 {room}。</translation>
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
   <source>Use the passphrase</source>
   <translation>使用密码短语</translation>
  </message>
  <message>
   <source>Versions, states and the last lines of the log, without keys, addresses, names of servers and amounts. Read it before you give it to anybody: TipDesk sends it nowhere.</source>
   <translation>版本、状态和日志的最后几行，不含密钥、地址、服务器名和金额。交给别人之前请先读一遍：TipDesk 不会发送到任何地方。</translation>
  </message>
  <message>
   <source>Wallet</source>
   <translation>钱包</translation>
  </message>
  <message>
   <source>What a channel is, and costs</source>
   <translation>通道是什么，要花多少</translation>
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
   <source>What its author marked is covered, with the reason, until you lift it.</source>
   <translation>作者标记的内容会连同原因一起被遮住，直到你揭开。</translation>
  </message>
  <message>
   <source>What others call you; may stay empty</source>
   <translation>别人怎么称呼你；可留空</translation>
  </message>
  <message>
   <source>What the feed shows</source>
   <translation>动态显示什么</translation>
  </message>
  <message>
   <source>What the lock checks a passphrase by cannot be read. Open it with your words: the lock is taken away then.</source>
   <translation>锁用来核对密码短语的数据无法读取。请用助记词打开：锁随后会被解除。</translation>
  </message>
  <message>
   <source>What the payment is for</source>
   <translation>付款用途</translation>
  </message>
  <message>
   <source>What would you like to say? Write @ and a name to link to somebody.</source>
   <translation>你想说什么？输入 @ 和名字可链接到某人。</translation>
  </message>
  <message>
   <source>What you search for is told to this relay too.</source>
   <translation>你搜索的内容也会告知这个中继。</translation>
  </message>
  <message>
   <source>What you wrote down is right.</source>
   <translation>你抄写的内容正确。</translation>
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
   <source>Where sats come from</source>
   <translation>聪从哪里来</translation>
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
   <source>Who are you on Nostr?</source>
   <translation>你在 Nostr 上是谁？</translation>
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
   <source>Whoever has the file and the passphrase has your money.</source>
   <translation>谁有文件和密码短语，谁就有你的钱。</translation>
  </message>
  <message>
   <source>Whoever has this key is you on Nostr, for good.</source>
   <translation>谁有这把密钥，谁在 Nostr 上就永远是你。</translation>
  </message>
  <message>
   <source>Whoever is at this machine can open the window then.</source>
   <translation>那样任何在这台机器前的人都能打开窗口。</translation>
  </message>
  <message>
   <source>Whoever sees these words can take all the money of this wallet.</source>
   <translation>谁看到这些词，谁就能拿走这个钱包的所有钱。</translation>
  </message>
  <message>
   <source>Whom may it ask?</source>
   <translation>它可以询问谁？</translation>
  </message>
  <message>
   <source>Whom you follow</source>
   <translation>你关注的人</translation>
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
   <source>Without a window, in the tray, with the profile that was open last.</source>
   <translation>不显示窗口，留在托盘中，并打开上次的配置。</translation>
  </message>
  <message>
   <source>Without one, whoever is at this machine can tip from here.</source>
   <translation>没有锁的话，任何在这台机器前的人都能从这里打赏。</translation>
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
   <source>Words of the wallet</source>
   <translation>钱包的助记词</translation>
  </message>
  <message>
   <source>Would it work?</source>
   <translation>行得通吗？</translation>
  </message>
  <message>
   <source>Write</source>
   <translation>写作</translation>
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
   <source>Write an amount from {least} to {most}.</source>
   <translation>请填写 {least} 到 {most} 的金额。</translation>
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
   <source>Write them down</source>
   <translation>请抄下来</translation>
  </message>
  <message>
   <source>Write them down in this order. They hide when you leave this window.</source>
   <translation>请按这个顺序抄下。离开此窗口时它们会隐藏。</translation>
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
   <source>Written {ago}, {size} bytes</source>
   <translation>{ago}写入，{size} 字节</translation>
  </message>
  <message>
   <source>You can receive up to {most}. To receive more, spend some, or have somebody open a channel to your node:</source>
   <translation>你最多可收 {most}。想收更多，请花掉一些，或让别人向你的节点开通道：</translation>
  </message>
  <message>
   <source>Your address</source>
   <translation>你的地址</translation>
  </message>
  <message>
   <source>Your channel waits for its confirmations. It can pay as soon as it has them.</source>
   <translation>你的通道正在等待确认。确认后即可付款。</translation>
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
   <source>Your money is safe. People know you by your old key, if you have it.</source>
   <translation>你的钱是安全的。如果你有旧密钥，别人是凭它认识你的。</translation>
  </message>
  <message>
   <source>Your name</source>
   <translation>你的名字</translation>
  </message>
  <message>
   <source>Your node goes on: what people tip you comes in, and alerts are shown.</source>
   <translation>你的节点继续运行：别人的打赏照常到账，提醒照常显示。</translation>
  </message>
  <message>
   <source>Your node needs somebody who tells it what the chain holds, and relays where posts are. These are public ones; your own are better. Each can be changed later.</source>
   <translation>你的节点需要有人告诉它链上有什么，还需要存放帖子的中继。这些是公共的；你自己的更好。以后都可以更改。</translation>
  </message>
  <message>
   <source>Your own keys and your own Lightning node in this app. Four questions.</source>
   <translation>在这个应用中拥有自己的密钥和自己的闪电节点。四个问题。</translation>
  </message>
  <message>
   <source>Your post is gone here, and your relays are asked to delete it. They may not.</source>
   <translation>你的帖子已从这里移除，并已请你的中继删除。它们可能不会照做。</translation>
  </message>
  <message>
   <source>Your profile and relays</source>
   <translation>你的资料和中继</translation>
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
   <source>Your words</source>
   <translation>你的助记词</translation>
  </message>
  <message>
   <source>Your words, with spaces between them</source>
   <translation>你的助记词，用空格分开</translation>
  </message>
  <message>
   <source>a channel makes it spendable</source>
   <translation>开通道后即可花</translation>
  </message>
  <message>
   <source>a connection string of Alby Hub, Zeus, coinos and others</source>
   <translation>Alby Hub、Zeus、coinos 等的连接字符串</translation>
  </message>
  <message>
   <source>an unknown server</source>
   <translation>未知服务器</translation>
  </message>
  <message>
   <source>another amount</source>
   <translation>其他金额</translation>
  </message>
  <message>
   <source>arrives or comes back</source>
   <translation>到账或退回</translation>
  </message>
  <message>
   <source>asking …</source>
   <translation>正在询问 …</translation>
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
   <source>by their provider's word</source>
   <translation>仅凭对方服务商所称</translation>
  </message>
  <message>
   <source>cannot be read</source>
   <translation>无法读取</translation>
  </message>
  <message>
   <source>close them to have it back</source>
   <translation>关闭后即可取回</translation>
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
   <source>exit close</source>
   <translation>退出 关闭</translation>
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
   <source>has it</source>
   <translation>已有</translation>
  </message>
  <message>
   <source>https:// address of a picture, if any</source>
   <translation>图片的 https:// 地址（可选）</translation>
  </message>
  <message>
   <source>just now</source>
   <translation>刚刚</translation>
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
   <source>make an invoice</source>
   <translation>开发票</translation>
  </message>
  <message>
   <source>mute, and more</source>
   <translation>静音等</translation>
  </message>
  <message>
   <source>next, previous</source>
   <translation>下一个，上一个</translation>
  </message>
  <message>
   <source>no answer</source>
   <translation>没有回应</translation>
  </message>
  <message>
   <source>no fee</source>
   <translation>免手续费</translation>
  </message>
  <message>
   <source>note publish new</source>
   <translation>短文 发布 新建</translation>
  </message>
  <message>
   <source>now</source>
   <translation>刚刚</translation>
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
   <source>on {day}</source>
   <translation>于 {day}</translation>
  </message>
  <message>
   <source>one of the pictures</source>
   <translation>其中一张图片</translation>
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
   <source>phoenixd</source>
   <translation>phoenixd</translation>
  </message>
  <message>
   <source>private message</source>
   <translation>私密消息</translation>
  </message>
  <message>
   <source>public</source>
   <translation>公开</translation>
  </message>
  <message>
   <source>read on, replies</source>
   <translation>继续阅读，回复</translation>
  </message>
  <message>
   <source>receive up to {receive}</source>
   <translation>最多可收 {receive}</translation>
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
   <source>send up to {send}</source>
   <translation>最多可发 {send}</translation>
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
   <source>stays while a channel is open</source>
   <translation>通道打开期间保留</translation>
  </message>
  <message>
   <source>the server form of Phoenix</source>
   <translation>Phoenix 的服务器版</translation>
  </message>
  <message>
   <source>this profile has a vault file</source>
   <translation>这个配置有保险库文件</translation>
  </message>
  <message>
   <source>tip {amount}</source>
   <translation>打赏 {amount}</translation>
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
   <source>waits for a block</source>
   <translation>等待区块</translation>
  </message>
  <message>
   <source>wallet account</source>
   <translation>钱包 账户</translation>
  </message>
  <message>
   <source>who wrote it</source>
   <translation>作者是谁</translation>
  </message>
  <message>
   <source>you do not follow them</source>
   <translation>你没有关注此人</translation>
  </message>
  <message>
   <source>your lightning address</source>
   <translation>你的闪电地址</translation>
  </message>
  <message>
   <source>your node, by its address and a key that may pay up to a limit</source>
   <translation>你的节点：凭地址和一把有付款上限的密钥</translation>
  </message>
  <message>
   <source>{amount} are in flight and settle first.</source>
   <translation>{amount} 在途，会先结算。</translation>
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
   <source>{amount} can be received</source>
   <translation>可收 {amount}</translation>
  </message>
  <message>
   <source>{amount} capacity</source>
   <translation>容量 {amount}</translation>
  </message>
  <message>
   <source>{amount} fee</source>
   <translation>手续费 {amount}</translation>
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
   <source>{coming} usable from block {height}, about {day}</source>
   <translation>{coming} 从区块 {height} 起可用，约 {day}</translation>
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
   <source>{count} of {most} characters</source>
   <translation>{count} / {most} 个字符</translation>
  </message>
  <message numerus="yes">
   <source>{count} payments are on their way.</source>
   <translation>
    <numerusform>{count} 笔付款在途。</numerusform>
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
   <source>{count} pictures</source>
   <translation>
    <numerusform>{count} 张图片</numerusform>
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
  <message>
   <source>{date}, {time}</source>
   <translation>{date} {time}</translation>
  </message>
  <message>
   <source>{day}, {time}</source>
   <translation>{day} {time}</translation>
  </message>
  <message>
   <source>{domain} has your invoice over {amount} and pays it when it likes. It stands in the wallet until then.</source>
   <translation>{domain} 已收到你 {amount} 的发票，何时支付由它决定。在此之前它会留在钱包里。</translation>
  </message>
  <message>
   <source>{domain} knows you by your key now.</source>
   <translation>{domain} 现在凭你的密钥认识你。</translation>
  </message>
  <message>
   <source>{fee} ({rate} sat/vB)</source>
   <translation>{fee}（{rate} sat/vB）</translation>
  </message>
  <message>
   <source>{free} are free on chain. Opening costs about {fee} now, and closing about as much again. The channel can be used after its confirmations, mostly within an hour. About 1 % of it stays as its reserve while it is open.</source>
   <translation>链上可用 {free}。现在打开约需 {fee}，关闭大约也要这么多。确认后即可使用通道，多半在一小时内。打开期间约 1 % 作为储备保留。</translation>
  </message>
  <message>
   <source>{host} offers nothing that TipDesk can take: {problem}. No money moved.</source>
   <translation>{host} 没有提供 TipDesk 能领取的东西：{problem}。没有动用任何钱。</translation>
  </message>
  <message>
   <source>{host} refused.{said} Ask for a new link.</source>
   <translation>{host} 拒绝了。{said}请索要新的链接。</translation>
  </message>
  <message>
   <source>{most} relays are asked to search at most. Take one out first.</source>
   <translation>最多向 {most} 个中继搜索。请先移除一个。</translation>
  </message>
  <message>
   <source>{most} things are muted already. Unmute something first.</source>
   <translation>已静音 {most} 项。请先取消一项。</translation>
  </message>
  <message>
   <source>{name} as a QR code</source>
   <translation>{name} 的二维码</translation>
  </message>
  <message>
   <source>{name} is muted. Tips and alerts go on as before.</source>
   <translation>已静音 {name}。打赏和提醒照常。</translation>
  </message>
  <message>
   <source>{name} is shown again.</source>
   <translation>已重新显示 {name}。</translation>
  </message>
  <message>
   <source>{name} tipped you {amount}</source>
   <translation>{name} 打赏了你 {amount}</translation>
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
   <source>{name}, {keys}</source>
   <translation>{name}，{keys}</translation>
  </message>
  <message>
   <source>{name}: {text}</source>
   <translation>{name}：{text}</translation>
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
   <source>{n} min</source>
   <translation>{n} 分钟</translation>
  </message>
  <message>
   <source>{n} ms</source>
   <translation>{n} 毫秒</translation>
  </message>
  <message>
   <source>{n} of {count}</source>
   <translation>{n} / {count}</translation>
  </message>
  <message>
   <source>{n} s</source>
   <translation>{n} 秒</translation>
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
   <source>{state}, locked</source>
   <translation>{state}，已锁定</translation>
  </message>
  <message>
   <source>{step}, done</source>
   <translation>{step}，已完成</translation>
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
   <source>{text} is no relay: one is written like wss://host.</source>
   <translation>{text} 不是中继：格式如 wss://host。</translation>
  </message>
  <message>
   <source>{text} is not the address of a public relay. It begins with wss:// and was not added.</source>
   <translation>{text} 不是公共中继的地址。地址以 wss:// 开头；没有添加。</translation>
  </message>
  <message>
   <source>{time} ago</source>
   <translation>{time}前</translation>
  </message>
  <message>
   <source>{total} left on chain. A block has to take the payment.</source>
   <translation>{total} 已从链上发出，等待区块收录。</translation>
  </message>
  <message>
   <source>{what} TipDesk signs with a key that it uses for this domain alone. The page learns that key and your internet address, nothing else.</source>
   <translation>{what} TipDesk 用只用于这个域名的密钥签名。该页面只会知道这把密钥和你的网络地址，别的都不知道。</translation>
  </message>
  <message>
   <source>“{word}”</source>
   <translation>“{word}”</translation>
  </message>
 </context>
</TS>
