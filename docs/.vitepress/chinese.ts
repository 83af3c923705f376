import type { DefaultTheme, LocaleSpecificConfig } from 'vitepress'

/** What the site says in Chinese; pages that are not translated are linked as what they are. */
export const CHINESE: LocaleSpecificConfig<DefaultTheme.Config> = {
  description: '自己部署的聊天后端：房间就是带编号的日志，确认过的消息不会丢。',
  themeConfig: {
    nav: [
      { text: '快速开始', link: '/zh/start' },
      { text: '从轮询到 Socket', link: '/zh/from-polling-to-sockets' },
      { text: '英文文档', link: '/protocol' },
    ],
    sidebar: [
      {
        text: '入门',
        items: [
          { text: 'Parley 是什么', link: '/zh/' },
          { text: '五分钟上手', link: '/zh/start' },
          { text: 'PHP 站点：从轮询到 Socket', link: '/zh/from-polling-to-sockets' },
        ],
      },
      {
        text: '英文文档',
        items: [
          { text: '概念：房间即日志', link: '/concepts/rooms-as-logs' },
          { text: '协议', link: '/protocol' },
          { text: 'SDK', link: '/sdk' },
          { text: 'REST 接口', link: '/reference/rest' },
          { text: '服务端 API', link: '/server-api' },
          { text: 'Webhook', link: '/webhooks' },
          { text: '运维', link: '/operations' },
          { text: '环境变量', link: '/environment' },
          { text: '与其他方案比较', link: '/comparison' },
          { text: '常见问题', link: '/faq' },
        ],
      },
    ],
    outline: { label: '本页目录', level: [2, 3] },
    docFooter: { prev: '上一页', next: '下一页' },
    darkModeSwitchLabel: '外观',
    lightModeSwitchTitle: '切换到浅色',
    darkModeSwitchTitle: '切换到深色',
    sidebarMenuLabel: '目录',
    returnToTopLabel: '回到顶部',
    langMenuLabel: '切换语言',
    skipToContentLabel: '跳到正文',
    notFound: {
      title: '没有这个页面',
      quote: '地址可能写错了，或者页面已经移走。',
      linkLabel: '回到首页',
      linkText: '回到首页',
    },
  },
}

export const CHINESE_SEARCH: NonNullable<DefaultTheme.LocalSearchOptions['locales']>[string] = {
  translations: {
    button: { buttonText: '搜索', buttonAriaLabel: '搜索' },
    modal: {
      displayDetails: '显示详情',
      resetButtonTitle: '清空',
      backButtonTitle: '关闭搜索',
      noResultsText: '没有找到',
      footer: { selectText: '打开', navigateText: '移动', closeText: '关闭' },
    },
  },
}
