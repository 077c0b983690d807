<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
 <context>
  <name>TipDesk</name>
  <message>
   <source>Appearance</source>
   <translation>外观</translation>
  </message>
  <message>
   <source>As the system</source>
   <translation>跟随系统</translation>
  </message>
  <message>
   <source>Contrast</source>
   <translation>对比度</translation>
  </message>
  <message>
   <source>Dark</source>
   <translation>深色</translation>
  </message>
  <message>
   <source>Full</source>
   <translation>完整</translation>
  </message>
  <message>
   <source>High</source>
   <translation>高</translation>
  </message>
  <message>
   <source>High: edges drawn, nothing pale.</source>
   <translation>高：描出边框，不用淡色。</translation>
  </message>
  <message>
   <source>Language</source>
   <translation>语言</translation>
  </message>
  <message>
   <source>Light</source>
   <translation>浅色</translation>
  </message>
  <message>
   <source>Look</source>
   <translation>样式</translation>
  </message>
  <message>
   <source>MMM yyyy</source>
   <translation>yyyy年M月</translation>
  </message>
  <message>
   <source>Motion</source>
   <translation>动画</translation>
  </message>
  <message>
   <source>Normal</source>
   <translation>标准</translation>
  </message>
  <message>
   <source>Practice (regtest)</source>
   <translation>练习（regtest）</translation>
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
   <source>Settings</source>
   <translation>设置</translation>
  </message>
  <message>
   <source>That did not work.</source>
   <translation>没有成功。</translation>
  </message>
  <message>
   <source>Theme</source>
   <translation>主题</translation>
  </message>
  <message>
   <source>Words</source>
   <translation>文字</translation>
  </message>
  <message>
   <source>by their provider's word</source>
   <translation>仅凭对方服务商所称</translation>
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
   <source>just now</source>
   <translation>刚刚</translation>
  </message>
  <message>
   <source>no fee</source>
   <translation>免手续费</translation>
  </message>
  <message>
   <source>now</source>
   <translation>刚刚</translation>
  </message>
  <message>
   <source>on {day}</source>
   <translation>于 {day}</translation>
  </message>
  <message>
   <source>settled by your wallet</source>
   <translation>由你的钱包结算</translation>
  </message>
  <message>
   <source>{amount} by their provider's word</source>
   <translation>{amount} 仅凭对方服务商所称</translation>
  </message>
  <message>
   <source>{amount} fee</source>
   <translation>手续费 {amount}</translation>
  </message>
  <message>
   <source>{amount} proven</source>
   <translation>{amount} 已证实</translation>
  </message>
  <message>
   <source>{amount} settled by your wallet</source>
   <translation>{amount} 由你的钱包结算</translation>
  </message>
  <message numerus="yes">
   <source>{count} not counted</source>
   <translation>
    <numerusform>{count} 笔未计入</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{count} receipts that nothing vouches for are not counted</source>
   <translation>
    <numerusform>{count} 张无从证实的收据未计入</numerusform>
   </translation>
  </message>
  <message>
   <source>{date}, {time}</source>
   <translation>{date} {time}</translation>
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
   <source>{n} s</source>
   <translation>{n} 秒</translation>
  </message>
  <message>
   <source>{time} ago</source>
   <translation>{time}前</translation>
  </message>
 </context>
</TS>
